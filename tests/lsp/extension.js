// Run by test_extension.py: the extension with a stand-in for the editor's API; prints what it did to the settings, and
// which errors it told. COMMAND: of the language service, as JSON; DELETED: the open file is deleted, typed into or not;
// BULB: the light bulb is asked for beside a mistake, of that kind of action or of any; prints what it offers.
"use strict";

const Module = require("module");
const path = require("path");
const [folder, installed, validates, answers] = process.argv.slice(2);
const command = process.env.COMMAND ? JSON.parse(process.env.COMMAND) : [process.execPath, path.join(folder, "server.js")];
let deleted = null;
let bulb = null;
const asked = [];
const errors = [];
const updated = [];
const event = () => nothing;
const document = { languageId: "yaml", uri: { scheme: "file", fsPath: path.join(folder, "a.yaml") }, version: 1, getText: () => "" };
document.uri.toString = () => `file://${document.uri.fsPath}`;
const settings = {
  casemix: { get: (what) => (what === "command" ? command : undefined) },
  yaml: { get: () => validates === "yes", update: (what, value, where) => updated.push([what, value, where]) },
};
const nothing = { dispose() {}, clear() {} };
const anything = new Proxy({}, { get: () => () => nothing });
const vscode = {
  DiagnosticSeverity: {}, ConfigurationTarget: { Workspace: "workspace" },
  EventEmitter: class { fire() {} }, IndentAction: {}, Uri: { file: (one) => one, parse: (one) => one },
  commands: anything,
  languages: new Proxy({}, {
    get: (_, what) => (selector, provider, more) => (what === "registerCodeActionsProvider" && (bulb = { provider, more }), nothing),
  }),
  CodeActionKind: { Empty: { append: (value) => ({ value }) }, QuickFix: { value: "quickfix" }, SourceFixAll: { value: "source.fixAll" } },
  CodeAction: class { constructor(title, kind) { Object.assign(this, { title, kind: kind.value }); } },
  Range: class { constructor(...ends) { this.ends = ends; } isEqual(other) { return String(this.ends) === String(other.ends); } },
  WorkspaceEdit: class { constructor() { this.made = []; } replace(uri, where, text) { this.made.push(text); } },
  extensions: { getExtension: () => (installed === "yes" ? {} : undefined) },
  window: {
    setStatusBarMessage: () => nothing,
    createOutputChannel: () => ({ ...nothing, append() {}, appendLine() {} }),
    showInformationMessage: async (told, first, second) => (asked.push(told), answers === "off" ? first : second),
    showErrorMessage: async (told) => void errors.push(told),
  },
  workspace: {
    workspaceFolders: [], textDocuments: [document, document], getConfiguration: (name) => settings[name],
    createFileSystemWatcher: () => ({ ...nothing, onDidCreate: event, onDidChange: event, onDidDelete: (told) => (deleted = told, nothing) }),
    onDidChangeConfiguration: event, onDidOpenTextDocument: event, onDidChangeTextDocument: event, onDidSaveTextDocument: event, onDidCloseTextDocument: event,
  },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const extension = require(path.join(__dirname, "..", "..", "editors", "vscode", "extension.js"));

(async () => {
  await extension.activate({ subscriptions: [] });
  if (process.env.DELETED) {
    document.isDirty = process.env.DELETED === "typed";
    await new Promise((done) => setTimeout(done, 300));
    deleted(document.uri);
    await new Promise((done) => setTimeout(done, 300));
  }
  if (process.env.BULB) {
    await new Promise((done) => setTimeout(done, 300));
    const where = { start: { line: 0, character: 0 }, end: { line: 0, character: 2 }, ends: [0, 0, 0, 2] };
    const mistake = { source: "casemix", message: "错", code: "E126", range: new vscode.Range(0, 0, 0, 2) };
    Object.assign(mistake.range, where);
    const only = process.env.BULB === "any" ? undefined : { value: process.env.BULB };
    const offered = await bulb.provider.provideCodeActions(document, where, { diagnostics: [mistake], only });
    const shown = offered.map((one) => [one.title, one.kind, one.diagnostics.length, one.edit.made]);
    process.stdout.write(JSON.stringify({ kinds: bulb.more.providedCodeActionKinds.map((one) => one.value), shown }));
    process.exit(0);
  }
  for (let waited = 0; waited < 200 && process.env.COMMAND && !errors.length; waited++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => setTimeout(done, 20));
  process.stdout.write(JSON.stringify({ asked: asked.length, updated, errors }));
  process.exit(0);
})();
