//! Ignore files, one rule per line; later rules win.

use std::path::Path;

use crate::filter::Filter;
use crate::Entry;

#[derive(Debug, Clone, PartialEq)]
enum Verdict {
    Ignore,
    Keep,
}

#[derive(Debug, Clone)]
struct Rule {
    suffix: String,
    verdict: Verdict,
}

impl Rule {
    fn parse(line: &str) -> Option<Rule> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (verdict, suffix) = match line.strip_prefix('!') {
            Some(rest) => (Verdict::Keep, rest),
            None => (Verdict::Ignore, line),
        };
        Some(Rule { suffix: suffix.trim_start_matches('*').to_string(), verdict })
    }

    fn covers(&self, path: &Path) -> bool {
        path.to_string_lossy().ends_with(&self.suffix)
    }
}

/// The rules of one ignore file.
#[derive(Debug, Clone, Default)]
pub struct IgnoreRules {
    rules: Vec<Rule>,
}

impl IgnoreRules {
    pub fn parse(text: &str) -> Self {
        Self { rules: text.lines().filter_map(Rule::parse).collect() }
    }

    fn verdict(&self, path: &Path) -> Option<&Verdict> {
        self.rules.iter().rev().find(|rule| rule.covers(path)).map(|rule| &rule.verdict)
    }
}

impl Filter for IgnoreRules {
    fn wants(&self, entry: &Entry) -> bool {
        self.verdict(&entry.path) != Some(&Verdict::Ignore)
    }
}
