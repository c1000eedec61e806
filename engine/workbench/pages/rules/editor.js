// What CodeMirror asks of the rules while somebody types: completion, hover, jump. Answers come by number.
async (id, keys) => {
  const CM = await import("nicegui-codemirror");
  const vue = getElement(id);
  const view = await vue.editorPromise;
  const waiting = new Map();
  let next = 0;
  const place = (pos) => [...view.state.doc.sliceString(0, pos)].length; // as Python counts signs
  const unit = (index) => [...view.state.doc.toString()].slice(0, index).join("").length;
  const ask = (what, pos) =>
    new Promise((resolve) => {
      const number = ++next;
      waiting.set(number, resolve);
      setTimeout(() => waiting.delete(number) && resolve(null), 8000);
      vue.$emit(what, { number, at: place(pos) });
    });
  vue.rulesAnswer = (number, answer) => {
    const resolve = waiting.get(number);
    waiting.delete(number);
    if (resolve) resolve(answer);
  };
  vue.rulesGo = (start, end) => {
    const [from, to] = [unit(start), unit(end)];
    view.dispatch({ selection: { anchor: from, head: to }, effects: CM.EditorView.scrollIntoView(from, { y: "center" }) });
    view.focus();
  };
  const source = async (context) => {
    const word = context.matchBefore(/[\p{L}\p{N}_.%‰]+/u);
    const before = context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos);
    if (!context.explicit && !word && !/[ ({,、：:]/.test(before)) return null;
    const answer = await ask("rules-complete", context.pos);
    if (!answer || !answer.options.length || context.aborted) return null;
    return { from: unit(answer.from), options: answer.options, filter: false };
  };
  const data = [{ autocomplete: source }];
  const told = CM.hoverTooltip(async (_, pos) => {
    const answer = await ask("rules-hover", pos);
    if (!answer) return null;
    return {
      pos: unit(answer.from),
      end: unit(answer.to),
      above: true,
      create() {
        const dom = document.createElement("div");
        dom.className = "wb-told";
        for (const line of answer.lines) {
          const one = document.createElement("div");
          one.textContent = line;
          dom.append(one);
        }
        return { dom };
      },
    };
  });
  const jump = (pos) => {
    vue.$emit("rules-jump", { number: 0, at: place(pos) });
    return true;
  };
  const bound = [
    { key: "F12", run: (v) => jump(v.state.selection.main.head) },
    { key: "Mod-s", run: () => (vue.$emit("rules-save", {}), true), preventDefault: true },
    { key: "Shift-Alt-f", run: () => (vue.$emit("rules-format", {}), true), preventDefault: true },
  ];
  const clicks = CM.EditorView.domEventHandlers({
    mousedown(event, v) {
      if (!event.ctrlKey && !event.metaKey) return false;
      const pos = v.posAtCoords({ x: event.clientX, y: event.clientY });
      return pos === null ? false : jump(pos);
    },
  });
  const at = CM.EditorView.updateListener.of((update) => {
    if (!update.selectionSet) return;
    clearTimeout(vue.rulesMoved);
    vue.rulesMoved = setTimeout(() => vue.$emit("rules-at", { number: 0, at: place(view.state.selection.main.head) }), 250);
  });
  const look = () => vue.setTheme(document.body.classList.contains("body--dark") ? "githubDark" : "githubLight");
  new MutationObserver(look).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  look();
  view.dispatch({
    effects: CM.StateEffect.appendConfig.of([
      CM.EditorState.languageData.of(() => data),
      CM.EditorView.contentAttributes.of({ "aria-label": keys.label, tabindex: "0" }),
      told,
      clicks,
      at,
      CM.Prec.high(CM.keymap.of(bound)),
    ]),
  });
}
