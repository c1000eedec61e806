// Run by test_extension.py: the extension with a stand-in for the editor's API; prints what it did to the settings, and
// which errors it told. COMMAND: of the language service, as JSON; DELETED: the open file is deleted, typed into or not.
"use strict";

const Module = require("module");
const path = require("path");
const [folder, installed, validates, answers] = process.argv.slice(2);
const command = process.env.COMMAND ? JSON.parse(process.env.COMMAND) : [process.execPath, path.join(folder, "server.js")];
let deleted = null;
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
  EventEmitter: class { fire() {} }, CodeActionKind: {}, IndentAction: {}, Uri: { file: (one) => one },
  languages: anything, commands: anything,
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
  for (let waited = 0; waited < 200 && process.env.COMMAND && !errors.length; waited++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => setTimeout(done, 20));
  process.stdout.write(JSON.stringify({ asked: asked.length, updated, errors }));
  process.exit(0);
})();
