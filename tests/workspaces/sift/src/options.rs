//! The command line, read without a library.

use std::fmt;
use std::path::PathBuf;

use crate::pattern::{self, Literal};

/// What the user asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub pattern: Literal,
    pub roots: Vec<PathBuf>,
    pub ignore_case: bool,
    pub form: Form,
}

/// The form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    #[default]
    Text,
    Count,
    Json,
}

#[derive(Debug)]
pub enum OptionsError {
    Missing(&'static str),
    Unknown(String),
    Pattern(pattern::Error),
}

impl fmt::Display for OptionsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(out, "{what} is missing"),
            Self::Unknown(flag) => write!(out, "there is no option {flag}"),
            Self::Pattern(error) => fmt::Display::fmt(error, out),
        }
    }
}

impl From<pattern::Error> for OptionsError {
    fn from(error: pattern::Error) -> Self {
        OptionsError::Pattern(error)
    }
}

impl Options {
    pub fn parse<I>(arguments: I) -> Result<Options, OptionsError>
    where
        I: IntoIterator<Item = String>,
    {
        let mut text = None;
        let mut roots = Vec::new();
        let (mut ignore_case, mut form) = (false, Form::default());
        for argument in arguments {
            match argument.as_str() {
                "-i" | "--ignore-case" => ignore_case = true,
                "--count" => form = Form::Count,
                "--json" => form = Form::Json,
                flag if flag.starts_with('-') => return Err(OptionsError::Unknown(flag.to_string())),
                _ if text.is_none() => text = Some(argument),
                _ => roots.push(PathBuf::from(argument)),
            }
        }
        let pattern = Literal::new(text.ok_or(OptionsError::Missing("PATTERN"))?)?;
        if roots.is_empty() {
            roots.push(PathBuf::from("."));
        }
        Ok(Options { pattern, roots, ignore_case, form })
    }
}
