// The folder that the tests open: two modules that import each other, an override, letters beyond ASCII.
// Written here and not as files, which this repository's own checks would take for its code.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILES = {
  "__init__.py": ``,
  "models.py": `from app import views


class Model:
    def save(self) -> None:
        """é before"""
        views.render(self)


class User(Model):
    def save(self) -> None:
        super().save()
`,
  "views.py": `from app.models import Model, User


def render(model: Model) -> str:
    return str(model)


def page() -> str:
    user = User()
    user.save()
    return render(user)
`,
};

export function writeWorkspace(folder) {
  mkdirSync(join(folder, "app"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, "app", name), text);
  }
}
