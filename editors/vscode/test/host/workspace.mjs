// The folder that the tests open: two and four modules that import each other, an override, letters beyond ASCII; a trait.
// Written here and not as files, which this repository's own checks would take for its code.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILES = {
  "Cargo.toml": `[package]
name = "shapes"
version = "0.1.0"
edition = "2021"
`,
  "src/lib.rs": `pub trait Shape {
    fn area(&self) -> f64;
}

pub struct Circle {
    pub radius: f64,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.14 * self.radius * self.radius
    }
}

pub struct Square {
    pub side: f64,
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}
`,
  "shop/__init__.py": ``,
  "shop/orders.py": `from shop.billing import invoice
from shop.stock import reserve


def order(item: str) -> str:
    return invoice(item) + reserve(item)
`,
  "shop/billing.py": `from shop.stock import price


def invoice(item: str) -> str:
    return item + str(price(item))
`,
  "shop/stock.py": `from shop import shipping


def price(item: str) -> int:
    return len(item)


def reserve(item: str) -> str:
    return shipping.ship(item)
`,
  "shop/shipping.py": `from shop.orders import order


def ship(item: str) -> str:
    return item


def again(item: str) -> str:
    return order(item)
`,
  "app/__init__.py": ``,
  "app/models.py": `from app import views


class Model:
    def save(self) -> None:
        """é before"""
        views.render(self)


class User(Model):
    def save(self) -> None:
        super().save()
`,
  "app/views.py": `from app.models import Model, User


def render(model: Model) -> str:
    return str(model)


def page() -> str:
    user = User()
    user.save()
    return render(user)
`,
};

export function writeWorkspace(folder) {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
