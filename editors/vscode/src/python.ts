/** The Python extension's environments, as far as they are needed: the interpreter selected for a folder. */

import * as vscode from "vscode";

interface EnvironmentPath {
  readonly path: string;
}

/** The part of the API of ms-python.python that is used here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): EnvironmentPath;
    resolveEnvironment(
      environment: EnvironmentPath,
    ): Promise<{ readonly executable: { readonly uri: vscode.Uri | undefined } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** The selected interpreter, or undefined where the extension or the environment is missing. */
export async function selectedInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await pythonApi())?.environments;
  if (environments === undefined) {
    return undefined;
  }
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  return environment?.executable.uri?.fsPath;
}

/** Calls back when another interpreter is selected. */
export async function onSelection(changed: () => void): Promise<vscode.Disposable> {
  const environments = (await pythonApi())?.environments;
  return environments?.onDidChangeActiveEnvironmentPath(changed) ?? new vscode.Disposable(() => undefined);
}

async function pythonApi(): Promise<Partial<PythonApi> | undefined> {
  try {
    return await vscode.extensions.getExtension<Partial<PythonApi>>("ms-python.python")?.activate();
  } catch {
    return undefined; // it could not start, which it has told by itself
  }
}
