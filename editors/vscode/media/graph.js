// Keyboard and clicks of the picture of import cycles. It sends the number of a place; all else is in the extension.
(() => {
  const vscode = acquireVsCodeApi();
  const group = (element) => element instanceof Element ? element.closest("[data-place]") : null;
  const find = (scope, selector, label, name) => [...scope.querySelectorAll(selector)].filter((one) => one.dataset[name] === label);

  const open = (element) => {
    vscode.postMessage(Number(element.dataset.place));
  };
  document.addEventListener("click", (event) => {
    const element = group(event.target);
    if (element !== null) open(element);
  });
  document.addEventListener("keydown", (event) => {
    const element = group(event.target);
    const next = element === null ? undefined : step(element, event.key);
    if (element !== null && (event.key === "Enter" || event.key === " ")) {
      open(element);
    } else if (next !== undefined) {
      next.focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  // Down from a module: its imports, one after the other; right: where the import leads; left: back to the module.
  const step = (element, key) => {
    const picture = element.ownerSVGElement;
    const isModule = element.classList.contains("module");
    const label = isModule ? element.dataset.module : element.dataset.source;
    const imports = find(picture, ".import", label, "source");
    const at = imports.indexOf(element);
    const moves = {
      ArrowDown: () => imports[Math.min(at + 1, imports.length - 1)],
      ArrowUp: () => (at > 0 ? imports[at - 1] : moves.ArrowLeft()),
      ArrowRight: () => (isModule ? imports[0] : find(picture, ".module", element.dataset.target, "module")[0]),
      ArrowLeft: () => find(picture, ".module", label, "module")[0],
    };
    return moves[key]?.();
  };
})();
