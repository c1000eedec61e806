// The rules of a region in VS Code: what the editor asks is handed to `casemix lsp` and back. Only the editor's own API.
"use strict";

const { spawn } = require("child_process");
const fs = require("fs");
const path = require("path");
const vscode = require("vscode");

const HEADS = ["region.yaml", "module.yaml"];
const SEVERITIES = [
  vscode.DiagnosticSeverity.Error,
  vscode.DiagnosticSeverity.Warning,
  vscode.DiagnosticSeverity.Information,
  vscode.DiagnosticSeverity.Hint,
];
const SELECTOR = { language: "yaml", scheme: "file" };
const WITH_ROWS = [SELECTOR, { pattern: "**/*.csv", scheme: "file" }];
const MOST_ROWS = 20000; // of a CSV file that is sent with each change

/** Below "name:" one writes further in; below the last line of a small table or a list as far in as it. */
const ENTER = {
  onEnterRules: [
    { beforeText: /^[^#]*[:：|>]-?\s*$/, afterText: /^\s*$/, action: { indentAction: vscode.IndentAction.Indent } },
  ],
};
const RESTARTS = { most: 3, within: 180000 };

let client = null;
let ended = []; // when it ended by itself
let diagnostics = null;
let output = null;
const lensesChanged = new vscode.EventEmitter();

/** Messages with a length before each, as the protocol has them. */
class Client {
  constructor(command, root, onNotification, onEnd) {
    this.process = spawn(command[0], command.slice(1), { cwd: root });
    this.waiting = new Map();
    this.next = 1;
    this.buffer = Buffer.alloc(0);
    this.ended = false;
    this.ready = false;
    this.told = ""; // the end of what it said to people
    this.onNotification = onNotification;
    this.process.stdout.on("data", (data) => {
      try {
        this.read(data);
      } catch (error) {
        this.end(onEnd, `看不懂它的回答：${error.message}`);
        this.process.kill();
      }
    });
    this.process.stderr.on("data", (data) => { // unread, it would stand still when full
      this.told = (this.told + String(data)).slice(-2000);
      output.append(String(data));
    });
    this.process.on("error", (error) => this.end(onEnd, error.code === "ENOENT" ? "ENOENT" : error.message));
    this.process.on("close", (code, signal) => this.end(onEnd, signal ? `被 ${signal} 结束` : `退出码 ${code}`));
    this.process.stdin.on("error", () => {});
  }

  end(onEnd, why) {
    if (this.ended) return;
    this.ended = true;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    onEnd(why);
  }

  read(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const head = this.buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const said = /content-length: *(\d+)/i.exec(this.buffer.toString("latin1", 0, head));
      if (!said) throw new Error(this.buffer.toString("utf8", 0, Math.min(head, 200)));
      const length = Number(said[1]);
      if (this.buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.buffer.toString("utf8", head + 4, head + 4 + length));
      this.buffer = this.buffer.subarray(head + 4 + length);
      this.take(message);
    }
  }

  take(message) {
    if (message.id !== undefined && message.method === undefined) {
      const asked = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (!asked) return;
      if (message.error) asked.reject(new Error(message.error.message));
      else asked.resolve(message.result);
    } else if (message.id !== undefined) {
      if (message.method === "workspace/codeLens/refresh") lensesChanged.fire();
      this.write({ jsonrpc: "2.0", id: message.id, result: null });
    } else {
      this.onNotification(message.method, message.params);
    }
  }

  write(message) {
    if (this.ended) return;
    const body = Buffer.from(JSON.stringify(message), "utf8");
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }

  notify(method, params) {
    this.write({ jsonrpc: "2.0", method, params });
  }

  ask(method, params) {
    if (this.ended) return Promise.reject(new Error("语言服务没有在运行"));
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.write({ jsonrpc: "2.0", id, method, params });
    });
  }

  async stop() {
    if (this.ended) return;
    try {
      await Promise.race([this.ask("shutdown", null), new Promise((done) => setTimeout(done, 1000))]);
      this.notify("exit", null);
    } catch (error) {
      // it has ended by itself
    }
    this.process.kill();
  }
}

/** Whether a file belongs to a region or a shared module: some folder above it has a head. */
function isRules(document) {
  if (!isKind(document)) return false;
  for (let folder = path.dirname(document.uri.fsPath); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (HEADS.some((head) => fs.existsSync(path.join(folder, head)))) return true;
  }
  return false;
}

/** YAML, or rows as CSV; rows in another encoding than the editor took them for are left alone. */
function isKind(document) {
  if (document.uri.scheme !== "file") return false;
  if (document.languageId === "yaml") return true;
  return document.uri.fsPath.endsWith(".csv") && document.lineCount < MOST_ROWS && !document.getText().includes("\ufffd");
}

function commandOf(root) {
  const chosen = vscode.workspace.getConfiguration("casemix").get("command");
  if (chosen && chosen.length) return chosen;
  const own = process.platform === "win32" ? [".venv", "Scripts", "casemix.exe"] : [".venv", "bin", "casemix"];
  const found = root ? path.join(root, ...own) : "";
  return [found && fs.existsSync(found) ? found : "casemix", "lsp"];
}

const place = (position) => ({ line: position.line, character: position.character });
const textOf = (document) => ({ uri: document.uri.toString() });
const at = (document, position) => ({ textDocument: textOf(document), position: place(position) });
const range = (one) => new vscode.Range(one.start.line, one.start.character, one.end.line, one.end.character);
const plainRange = (one) => ({ start: place(one.start), end: place(one.end) });

function edits(changes) {
  const edit = new vscode.WorkspaceEdit();
  for (const [uri, list] of Object.entries(changes || {})) {
    for (const one of list) edit.replace(vscode.Uri.parse(uri), range(one.range), one.newText);
  }
  return edit;
}

const NEXT = { command: "editor.action.triggerSuggest", title: "补全" };

/** A function with the bracket that ends it: the cursor stands between, Tab leads behind. */
const inserted = (text) => (text.endsWith("(") ? new vscode.SnippetString(`${text}$1)$0`) : text);

function diagnosticOf(one) {
  const made = new vscode.Diagnostic(range(one.range), one.message, SEVERITIES[(one.severity || 1) - 1]);
  const page = one.codeDescription;
  made.code = page ? { value: one.code, target: vscode.Uri.parse(page.href) } : one.code;
  made.source = one.source;
  return made;
}

/** An answer of the server, or `otherwise` where it has none; what it refuses is told. */
async function asked(method, params, otherwise, tell = false) {
  try {
    if (!client || !client.ready) throw new Error("语言服务没有在运行");
    const answer = await client.ask(method, params);
    return answer === null || answer === undefined ? otherwise : answer;
  } catch (error) {
    if (tell) throw error;
    return otherwise;
  }
}

function providers() {
  const { languages } = vscode;
  return [
    languages.registerCompletionItemProvider(
      WITH_ROWS,
      {
        async provideCompletionItems(document, position) {
          if (!isRules(document)) return undefined;
          const answer = await asked("textDocument/completion", at(document, position), { items: [] });
          const items = answer.items.map((one) => {
            const label = { label: one.label, description: one.detail }; // of each, not only of the one in focus
            const item = new vscode.CompletionItem(label, one.kind - 1);
            item.documentation = one.documentation;
            item.sortText = one.sortText;
            item.filterText = one.filterText;
            item.insertText = inserted(one.textEdit.newText);
            if (/[:(] ?$/.test(one.textEdit.newText)) item.command = NEXT; // what may stand behind it
            item.range = range(one.textEdit.range);
            return item;
          });
          return new vscode.CompletionList(items, true);
        },
      },
      " ", "(", "{", ",", "、",
    ),
    languages.registerHoverProvider(WITH_ROWS, {
      async provideHover(document, position) {
        const answer = isRules(document) ? await asked("textDocument/hover", at(document, position), null) : null;
        if (!answer) return undefined;
        const shown = new vscode.MarkdownString();
        answer.contents.value.split("\n").forEach((line) => shown.appendText(line).appendMarkdown("  \n"));
        return new vscode.Hover(shown, range(answer.range));
      },
    }),
    languages.registerDefinitionProvider(WITH_ROWS, {
      async provideDefinition(document, position) {
        const found = isRules(document) ? await asked("textDocument/definition", at(document, position), []) : [];
        return found.map((one) => new vscode.Location(vscode.Uri.parse(one.uri), range(one.range)));
      },
    }),
    languages.registerReferenceProvider(WITH_ROWS, {
      async provideReferences(document, position) {
        const params = { ...at(document, position), context: { includeDeclaration: true } };
        const found = isRules(document) ? await asked("textDocument/references", params, []) : [];
        return found.map((one) => new vscode.Location(vscode.Uri.parse(one.uri), range(one.range)));
      },
    }),
    languages.registerRenameProvider(WITH_ROWS, {
      async prepareRename(document, position) {
        const found = isRules(document) ? await asked("textDocument/prepareRename", at(document, position), null, true) : null;
        if (!found) throw new Error("这里不是一个名字");
        return range(found);
      },
      async provideRenameEdits(document, position, newName) {
        try {
          const answer = await asked("textDocument/rename", { ...at(document, position), newName }, null, true);
          return edits(answer && answer.changes);
        } catch (error) { // the editor would cut a reason of more than a line
          vscode.window.showWarningMessage(`没有改名：${error.message}`, { modal: true });
          return edits({});
        }
      },
    }),
    languages.registerDocumentSymbolProvider(SELECTOR, {
      async provideDocumentSymbols(document) {
        const made = (one) => {
          const symbol = new vscode.DocumentSymbol(
            one.name, one.detail || "", one.kind - 1, range(one.range), range(one.selectionRange),
          );
          symbol.children = (one.children || []).map(made);
          return symbol;
        };
        const params = { textDocument: textOf(document) };
        return (isRules(document) ? await asked("textDocument/documentSymbol", params, []) : []).map(made);
      },
    }),
    languages.registerFoldingRangeProvider(SELECTOR, {
      async provideFoldingRanges(document) {
        if (!isRules(document)) return undefined;
        const found = await asked("textDocument/foldingRange", { textDocument: textOf(document) }, []);
        return found.map((one) => new vscode.FoldingRange(one.startLine, one.endLine));
      },
    }),
    languages.registerCodeActionsProvider(
      SELECTOR,
      {
        async provideCodeActions(document, where, context) {
          const told = context.diagnostics.filter((one) => one.source === "casemix");
          const only = context.only && context.only.value; // what mends the whole file is asked for anywhere in it
          if (!(told.length || only) || !isRules(document)) return [];
          const params = {
            textDocument: textOf(document),
            range: plainRange(where),
            context: {
              diagnostics: told.map((one) => ({
                range: plainRange(one.range), message: one.message, code: one.code && one.code.value ? one.code.value : one.code, source: one.source,
              })),
              ...(only ? { only: [only] } : {}),
            },
          };
          const found = await asked("textDocument/codeAction", params, []);
          return found.map((one) => {
            const action = new vscode.CodeAction(one.title, vscode.CodeActionKind.Empty.append(one.kind));
            action.edit = edits(one.edit.changes);
            const mends = one.diagnostics || []; // what mends the whole file is of none
            action.diagnostics = told.filter((diagnostic) => mends.some((about) => range(about.range).isEqual(diagnostic.range)));
            return action;
          });
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.SourceFixAll] },
    ),
    languages.registerCodeLensProvider(SELECTOR, {
      onDidChangeCodeLenses: lensesChanged.event,
      async provideCodeLenses(document) {
        if (!isRules(document)) return [];
        const found = await asked("textDocument/codeLens", { textDocument: textOf(document) }, []);
        return found.map((one) => new vscode.CodeLens(range(one.range), one.command));
      },
    }),
    languages.registerDocumentFormattingEditProvider(SELECTOR, {
      async provideDocumentFormattingEdits(document) {
        if (!isRules(document)) return [];
        const params = { textDocument: textOf(document), options: { tabSize: 2, insertSpaces: true } };
        const found = await asked("textDocument/formatting", params, []);
        return found.map((one) => vscode.TextEdit.replace(range(one.range), one.newText));
      },
    }),
  ];
}

let askedAboutYaml = false;

/** The YAML extension, where it is installed and checks too, would tell a mistake of rules a second time. */
async function toldOnce() {
  const yaml = vscode.workspace.getConfiguration("yaml");
  if (askedAboutYaml || !vscode.extensions.getExtension("redhat.vscode-yaml") || yaml.get("validate") === false) return;
  askedAboutYaml = true;
  const off = "在这个工作区关掉它的检查";
  const told = "YAML 扩展也在检查规则文件：一处错会说两遍，补全和说明也会有两份。";
  if ((await vscode.window.showInformationMessage(told, off, "先不关")) !== off) return;
  for (const what of ["validate", "completion", "hover"]) {
    await yaml.update(what, false, vscode.ConfigurationTarget.Workspace);
  }
}

function opened(document) {
  if (!client || !client.ready || !isRules(document)) return;
  toldOnce();
  const text = document.getText();
  client.notify("textDocument/didOpen", {
    textDocument: { uri: document.uri.toString(), languageId: document.languageId, version: document.version, text },
  });
}

const hintsWanted = () => vscode.workspace.getConfiguration("casemix").get("hints") !== false;

/** What has run and ended by itself is started again, unless it goes on ending; else the person is told what to do. */
async function restartOrTell(before, command, why) {
  const now = Date.now();
  ended = ended.filter((when) => now - when < RESTARTS.within);
  if (before.ready && ended.length < RESTARTS.most) {
    ended.push(now);
    output.appendLine(`语言服务停了（${why}），又启动了`);
    await start();
    return;
  }
  const AGAIN = "重新启动", SETTINGS = "打开设置", OUTPUT = "看输出";
  const chosen = await vscode.window.showErrorMessage(notRunning(before, command, why), AGAIN, SETTINGS, OUTPUT);
  if (chosen === AGAIN && !client) await start();
  if (chosen === SETTINGS) await vscode.commands.executeCommand("workbench.action.openSettings", "casemix.command");
  if (chosen === OUTPUT) output.show(true);
}

function notRunning(before, command, why) {
  const install = "先装：pip install 'casemix[lsp]'";
  if (why === "ENOENT") {
    return `Casemix：找不到命令 ${command[0]}，规则不会查，也没有补全。${install}；装在别处的，在设置 casemix.command 里写它在哪里。`;
  }
  if (before.ready) return `Casemix 语言服务停了好几次（${why}），规则现在不会查。`;
  if (/No such command|没有.*命令/.test(before.told)) {
    return `Casemix：装的 casemix 太旧，还没有语言服务。先升级：pip install --upgrade 'casemix[lsp]'`;
  }
  if (/pygls/.test(before.told)) return `Casemix：装的 casemix 没有带语言服务。${install}`;
  const said = before.told.trim().split("\n").slice(-1)[0];
  return `Casemix 语言服务没有启动（${said || why}）：${command.join(" ")}`;
}

async function start() {
  const folders = vscode.workspace.workspaceFolders || [];
  const root = folders.length ? folders[0].uri.fsPath : undefined;
  const command = commandOf(root);
  const mine = new Client(
    command,
    root,
    (method, params) => {
      if (method === "textDocument/publishDiagnostics") {
        diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnosticOf));
      } else if (method === "window/showMessage") {
        const tell = params.type === 3 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
        tell(params.message, "看输出").then((chosen) => chosen && output.show(true)); // with a button it is told whole
      } else if (method === "window/logMessage") {
        output.appendLine(params.message);
      }
    },
    (why) => {
      if (client !== mine) return;
      client = null;
      diagnostics.clear();
      restartOrTell(mine, command, why);
    },
  );
  client = mine;
  try {
    const answer = mine.ask("initialize", {
      processId: process.pid,
      initializationOptions: { hints: hintsWanted() },
      rootUri: root ? vscode.Uri.file(root).toString() : null,
      capabilities: {
        textDocument: { publishDiagnostics: { codeDescriptionSupport: true }, rename: { prepareSupport: true } },
        workspace: { codeLens: { refreshSupport: true } },
      },
      workspaceFolders: folders.map((folder) => ({ uri: folder.uri.toString(), name: folder.name })),
    });
    vscode.window.setStatusBarMessage("$(loading~spin) Casemix 语言服务正在启动…", answer);
    await answer;
  } catch (error) {
    if (!mine.ended) vscode.window.showErrorMessage(`Casemix 语言服务没有启动：${error.message}`);
    return;
  }
  mine.notify("initialized", {});
  mine.ready = true;
  vscode.workspace.textDocuments.forEach(opened);
}

/** Somebody else wrote or deleted a file, or one that no editor has open. */
function changedOnDisk(uri) {
  if (!client || !client.ready) return;
  client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uri.toString(), type: 2 }] });
}

/** A file that is gone counts no more, though its text may be on the screen; unless somebody typed into it. */
function deletedOnDisk(uri) {
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (client && client.ready && open && !open.isDirty && isKind(open)) {
    client.notify("textDocument/didClose", { textDocument: textOf(open) });
  }
  changedOnDisk(uri);
}

/** One that was deleted and is there again. */
function createdOnDisk(uri) {
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (open) opened(open);
  changedOnDisk(uri);
}

async function activate(context) {
  diagnostics = vscode.languages.createDiagnosticCollection("casemix");
  const { workspace } = vscode;
  output = vscode.window.createOutputChannel("Casemix");
  const watcher = workspace.createFileSystemWatcher("**/*.{yaml,csv,xlsx}");
  context.subscriptions.push(
    diagnostics,
    output,
    ...providers(),
    workspace.onDidOpenTextDocument(opened),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!client || !client.ready || !contentChanges.length || !isRules(document)) return;
      client.notify("textDocument/didChange", {
        textDocument: { uri: document.uri.toString(), version: document.version },
        contentChanges: [{ text: document.getText() }],
      });
    }),
    workspace.onDidSaveTextDocument((document) => {
      if (client && client.ready && isRules(document)) client.notify("textDocument/didSave", { textDocument: textOf(document) });
    }),
    workspace.onDidCloseTextDocument((document) => {
      if (!client || !client.ready || !isKind(document)) return;
      client.notify("textDocument/didClose", { textDocument: textOf(document) }); // its head may be gone by now
    }),
    watcher,
    watcher.onDidCreate(createdOnDisk),
    watcher.onDidChange(changedOnDisk),
    watcher.onDidDelete(deletedOnDisk),
    vscode.languages.setLanguageConfiguration("yaml", ENTER),
    workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration("casemix.hints") || !client || !client.ready) return;
      client.notify("workspace/didChangeConfiguration", { settings: { casemix: { hints: hintsWanted() } } });
    }),
    vscode.commands.registerCommand("casemix.runExamples", async (uri, name) => {
      const lines = await asked("workspace/executeCommand", { command: "casemix.runExamples", arguments: [uri, name] }, []);
      output.appendLine(`${name}：`);
      lines.forEach((line) => output.appendLine(line));
      output.show(true);
    }),
    vscode.commands.registerCommand("casemix.restart", async () => {
      const before = client;
      client = null;
      diagnostics.clear();
      if (before) await before.stop();
      await start();
    }),
  );
  await start();
}

async function deactivate() {
  const mine = client;
  client = null;
  if (mine) await mine.stop();
}

module.exports = { activate, deactivate };
