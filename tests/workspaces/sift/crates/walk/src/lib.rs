//! Which files to look into.

pub mod filter;
mod rules;
mod walker;

pub use filter::{And, Filter, FilterExt};
pub use rules::IgnoreRules as Rules;
pub use walker::{Entry, Kind, Walk, WalkBuilder};

/// What everybody who walks needs.
pub mod prelude {
    pub use super::filter::{Filter, FilterExt as _};
    pub use crate::walker::*;
}
