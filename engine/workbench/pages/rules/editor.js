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
  // Marks go to the editor by themselves: an update of the element would bring an older text with it.
  const setMarks = CM.StateEffect.define();
  const marks = CM.StateField.define({
    create: () => CM.Decoration.none,
    update(set, change) {
      set = set.map(change.changes);
      for (const effect of change.effects) if (effect.is(setMarks)) set = effect.value;
      return set;
    },
    provide: (field) => CM.EditorView.decorations.from(field),
  });
  vue.rulesMarks = (found, length) => {
    if ([...view.state.doc.toString()].length !== length) return; // typed since: the next check follows
    const made = found.map((one) =>
      CM.Decoration.mark({ class: one.look, message: one.message }).range(unit(one.from), unit(one.to)),
    );
    view.dispatch({ effects: setMarks.of(CM.Decoration.set(made, true)) });
  };
  const wrongAt = (pos) => {
    const lines = [];
    view.state.field(marks).between(pos, pos, (from, to, mark) => {
      lines.push([from, to, mark.spec.message]);
    });
    return lines;
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
    const wrong = wrongAt(pos);
    const answer = await ask("rules-hover", pos);
    if (!answer && !wrong.length) return null;
    return {
      pos: answer ? unit(answer.from) : wrong[0][0],
      end: answer ? unit(answer.to) : wrong[0][1],
      above: true,
      create() {
        const dom = document.createElement("div");
        dom.className = "wb-told";
        for (const line of [...wrong.map((one) => one[2]), ...(answer ? answer.lines : [])]) {
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
  // What was typed stays in the browser's window until the server says that it is kept: a page whose connection was
  // broken for long is opened anew, and gives it back.
  const key = `casemix-unsent ${location.pathname}`;
  let unsent = JSON.parse(sessionStorage.getItem(key) || "null");
  let isBack = !unsent;
  let made = 0;
  const forget = () => {
    unsent = null;
    sessionStorage.removeItem(key);
  };
  const remember = (was, text) => {
    unsent = { file: vue.$el.dataset.file, was: unsent ? unsent.was : was, text };
    try {
      sessionStorage.setItem(key, JSON.stringify(unsent));
    } catch {
      // no room: it is sent all the same
    }
  };
  vue.rulesKept = (number) => {
    if (isBack && number === made) forget();
  };
  vue.rulesBack = () => {
    isBack = true;
    forget();
  };
  vue.rulesUnsent = () => isBack || vue.$emit("rules-unsent", unsent); // of the page before, not what is just typed
  // Before NiceGUI sends a change: the number of the text that it was made in goes with it, and its own.
  const numbered = CM.ViewPlugin.fromClass(
    class {
      update(update) {
        if (!update.docChanged) return;
        if (vue.emitting) {
          Object.assign(update.changes, { given: vue.$el.dataset.given, made: ++made });
          if (isBack) remember(update.startState.doc.toString(), update.state.doc.toString());
        } else if (isBack) {
          forget();
        }
      }
    },
  );
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
      marks,
      CM.EditorView.contentAttributes.of({ "aria-label": keys.label, tabindex: "0" }),
      told,
      clicks,
      at,
      CM.Prec.high(CM.keymap.of(bound)),
      CM.Prec.highest(numbered),
    ]),
  });
}
