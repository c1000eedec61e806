// Run by test_extension.py: the extension with a stand-in for the editor's API; prints what it did to the settings.
"use strict";

const Module = require("module");
const path = require("path");
const [folder, installed, validates, answers] = process.argv.slice(2);
const asked = [];
const updated = [];
const nothing = { dispose() {} };
const event = () => nothing;
const document = { languageId: "yaml", uri: { scheme: "file", fsPath: path.join(folder, "a.yaml") }, version: 1, getText: () => "" };
document.uri.toString = () => `file://${document.uri.fsPath}`;
const settings = {
  casemix: { get: () => [process.execPath, path.join(folder, "server.js")] },
  yaml: { get: () => validates === "yes", update: (what, value, where) => updated.push([what, value, where]) },
};
const anything = new Proxy({}, { get: () => () => nothing });
const vscode = {
  DiagnosticSeverity: {}, ConfigurationTarget: { Workspace: "workspace" },
  EventEmitter: class { fire() {} }, CodeActionKind: {}, Uri: { file: (one) => one },
  languages: anything, commands: anything,
  extensions: { getExtension: () => (installed === "yes" ? {} : undefined) },
  window: {
    createOutputChannel: () => ({ ...nothing, append() {}, appendLine() {} }),
    showInformationMessage: async (told, first, second) => (asked.push(told), answers === "off" ? first : second),
    showErrorMessage: async () => undefined,
  },
  workspace: {
    workspaceFolders: [], textDocuments: [document, document], getConfiguration: (name) => settings[name],
    createFileSystemWatcher: () => ({ ...nothing, onDidCreate: event, onDidChange: event, onDidDelete: event }),
    onDidOpenTextDocument: event, onDidChangeTextDocument: event, onDidSaveTextDocument: event, onDidCloseTextDocument: event,
  },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const extension = require(path.join(__dirname, "..", "..", "editors", "vscode", "extension.js"));

(async () => {
  await extension.activate({ subscriptions: [] });
  await new Promise((done) => setTimeout(done, 20));
  process.stdout.write(JSON.stringify({ asked: asked.length, updated }));
  process.exit(0);
})();
