"""A workspace in two languages whose interfaces depend on each other over several files, and names to edit it with."""

from __future__ import annotations

PYTHON = {
    "pyproject.toml": '[project]\nname = "zoo"\nversion = "1.0"\n',
    "zoo/__init__.py": """from zoo.base import *
from .keepers import Keeper, hire as engage

__all__ = ['Animal', 'Keeper']
""",
    "zoo/base.py": """from __future__ import annotations

from zoo.food import Food, fresh


class Animal:
    legs = 4

    def __init__(self, name: str) -> None:
        self.name = name
        self.meal = fresh()

    def __enter__(self):
        return self

    def __exit__(self, *_): ...

    def speak(self) -> str:
        return self.name

    def eat(self):
        meal = self.meal
        return meal


class Bird(Animal):
    def fly(self) -> Food:
        return fresh()
""",
    "zoo/food.py": """class Food:
    weight: int = 1

    def price(self) -> int:
        return self.weight

    def cook(self):
        return Dish(self)


class Dish(Food):
    def __init__(self, source):
        self.source = source

    def serve(self) -> str:
        return "hot"


def fresh():
    food = Food()
    return food


def cooked():
    return fresh().cook()


default = fresh()
""",
    "zoo/dogs.py": """from zoo import Animal
from zoo.base import Bird as Flier
from . import food


class Dog(Animal):
    def speak(self) -> str:
        return super().speak()

    def fetch(self):
        return Flier("stick")


def call(dog: Dog) -> str:
    with dog as held:
        held.speak()
    dog.eat().cook().serve()
    return dog.fetch().fly().price()


def lunch():
    return food.cooked()


favourite = Dog("Rex")
""",
    "zoo/keepers.py": """import typing
from zoo.dogs import Dog, favourite, lunch

if typing.TYPE_CHECKING:
    from zoo.base import Animal


class Keeper:
    def __init__(self, animal: "Animal"):
        self.animal = animal
        self.dog = favourite

    def feed(self):
        dish = lunch()
        dish.serve()
        dish.price()
        return self.dog.eat()

    @property
    def first(self):
        return self.dog


def hire():
    return Keeper(Dog("Hasso"))
""",
    "zoo/visit.py": """from zoo import Keeper, engage
import zoo.food as meals
from zoo.food import default


def visit(keeper: Keeper) -> None:
    keeper.feed().price()
    keeper.first.fetch().speak()
    engage().first.speak()
    meals.cooked().serve()
    default.cook().source.price()
    for animal in [keeper.first]:
        animal.legs
""",
    "tests/conftest.py": """import pytest
from zoo.keepers import hire


@pytest.fixture
def keeper():
    return hire()
""",
    "tests/test_zoo.py": """def test_feeding(keeper):
    keeper.feed().cook()
    assert keeper.first.speak()
""",
}

RUST = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": """pub mod circle;
pub mod scale;
mod paint;

pub use circle::Circle;
pub use paint::*;

pub trait Shape {
    type Unit;
    fn area(&self) -> f64;
    fn describe(&self) -> String {
        String::new()
    }
}

pub trait Named: Shape {
    fn name(&self) -> &str;
}
""",
    "src/circle.rs": """use crate::scale::Scale;
use crate::{Named, Shape};

#[derive(Clone)]
pub struct Circle {
    pub radius: f64,
    pub scale: Scale,
}

impl Shape for Circle {
    type Unit = Scale;
    fn area(&self) -> f64 {
        self.radius * self.scale.factor()
    }
}

impl Named for Circle {
    fn name(&self) -> &str {
        "circle"
    }
}

impl Circle {
    pub fn new(radius: f64) -> Self {
        Circle { radius, scale: Scale::unit() }
    }

    pub fn scaled(self, scale: Scale) -> Circle {
        Circle { scale, ..self }
    }
}
""",
    "src/scale.rs": """pub struct Scale {
    pub by: f64,
}

pub type Factor = Scale;

impl Scale {
    pub fn unit() -> Factor {
        Scale { by: 1.0 }
    }

    pub fn factor(&self) -> f64 {
        self.by
    }
}
""",
    "src/paint.rs": """use super::{Circle, Named, Shape};
use crate::scale::*;

pub enum Colour {
    Red,
    Mixed(Factor),
}

pub struct Painted<T> {
    pub inner: T,
    pub colour: Colour,
}

impl<T: Shape> Shape for Painted<T> {
    type Unit = T::Unit;
    fn area(&self) -> f64 {
        self.inner.area()
    }
}

impl<T> std::ops::Deref for Painted<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

pub fn red(circle: Circle) -> Painted<Circle> {
    Painted { inner: circle, colour: Colour::Red }
}

pub fn longest(shapes: &[Circle]) -> Option<&Circle> {
    shapes.iter().max_by_key(|shape| shape.name().len())
}
""",
    "src/main.rs": """use shapes::scale::Scale;
use shapes::{red, Circle, Colour, Shape};

fn main() {
    let circle = Circle::new(2.0);
    let painted = red(circle.clone());
    painted.area();
    painted.radius;
    painted.inner.scale.factor();
    painted.describe();
    match painted.colour {
        Colour::Red => circle.area(),
        Colour::Mixed(scale) => scale.factor(),
    };
    circle.scaled(Scale::unit()).area();
}
""",
}

FILES = PYTHON | RUST

MODULES = {
    "python": ["zoo/food.py", "zoo/meals.py", "zoo/base.py", "zoo/__init__.py", "zoo/birds/__init__.py", "top.py"],
    "rust": ["src/scale.rs", "src/scale/mod.rs", "src/paint.rs", "src/extra.rs", "src/circle.rs"],
}
"""Where a moved or new document may go: names that other documents mention, too."""

SNIPPETS = {
    "python": [
        "from zoo.food import *\n", "from zoo.base import Animal as Food\n", "from .food import fresh as hire\n",
        "import zoo.base as food\n", "class Dish: ...\n", "def fresh():\n    return Dog('Waldi')\n",
        "class Bird(Dog):\n    def cook(self):\n        return self\n", "default = Keeper(favourite)\n",
        "    def price(self):\n        return self.animal\n", "    def speak(self) -> 'Food': ...\n",
        "    first: Animal\n", "    def __enter__(self):\n        return fresh()\n",
        "    def __init__(self, name, animal=None):\n        self.meal = cooked()\n", "    name = fresh()\n",
        "__all__ = ['Bird', 'fresh']\n", "def lunch() -> Food: ...\n", "fresh = cooked\n",
    ],
    "rust": [
        "pub use crate::scale::*;\n", "use crate::circle::Circle as Scale;\n", "pub mod extra;\n", "mod paint;\n",
        "pub struct Scale { pub radius: f64 }\n", "impl Shape for Scale { fn area(&self) -> f64 { 1.0 } }\n",
        "impl Scale { pub fn area(&self) -> Circle { Circle::new(1.0) } }\n", "pub type Circle = Factor;\n",
        "pub fn red(scale: Scale) -> Scale { scale }\n", "pub trait Shape { fn factor(&self) -> f64; }\n",
        "impl<T: Named> Named for Painted<T> { fn name(&self) -> &str { self.inner.name() } }\n",
        "impl std::ops::Deref for Circle { type Target = Scale; fn deref(&self) -> &Scale { &self.scale } }\n",
        "pub enum Colour { Blue(Circle) }\npub use Colour::*;\n", "impl Circle { pub fn describe(&self) {} }\n",
    ],
}  # fmt: skip
NAMES = {
    "python": ["Animal", "Bird", "Food", "Dish", "fresh", "cooked", "cook", "speak", "eat", "price", "first", "food",
               "lunch", "hire", "default", "favourite", "meal", "keeper", "base"],
    "rust": ["Circle", "Shape", "Scale", "Named", "Factor", "Painted", "Colour", "Red", "area", "factor", "name",
             "scale", "inner", "red", "paint", "Unit", "Target"],
}  # fmt: skip
MANIFESTS = {
    "Cargo.toml": ['name = "forms"', 'name = "shapes"', 'edition = "2015"'],
    "pyproject.toml": ['name = "park"', 'name = "zoo"', 'version = "2.0"'],
}
