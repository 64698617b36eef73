//! Everything under one roof, for programs that embed the search.

pub mod options;

pub use sift_pattern as pattern;
pub use sift_report as report;
pub use sift_search::{Failure, Search};
pub use sift_walk::prelude::*;

pub use crate::options::{Options, OptionsError};
