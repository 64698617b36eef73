const vscode = require("vscode");

exports.activate = ({ subscriptions }) => {
  const provideDefinition = ({ uri }) => new vscode.Location(uri, new vscode.Position(0, 0));
  subscriptions.push(vscode.languages.registerDefinitionProvider({ language: "rust" }, { provideDefinition }));
};
