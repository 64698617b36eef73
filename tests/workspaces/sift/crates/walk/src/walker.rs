use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::filter::Filter;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
    Other,
}

impl From<fs::FileType> for Kind {
    fn from(type_: fs::FileType) -> Kind {
        if type_.is_file() {
            Kind::File
        } else if type_.is_dir() {
            Kind::Directory
        } else {
            Kind::Other
        }
    }
}

/// One thing found on the way.
#[derive(Debug, Clone)]
pub struct Entry {
    pub path: PathBuf,
    pub kind: Kind,
    pub size: Option<u64>,
    pub depth: usize,
}

impl Entry {
    pub fn name(&self) -> std::borrow::Cow<'_, str> {
        self.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default()
    }

    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }
}

/// Sets a walk up.
pub struct WalkBuilder {
    root: PathBuf,
    filters: Vec<Box<dyn Filter>>,
    max_depth: usize,
}

impl WalkBuilder {
    pub fn new<P: AsRef<Path>>(root: P) -> Self {
        Self { root: root.as_ref().to_path_buf(), filters: Vec::new(), max_depth: usize::MAX }
    }

    pub fn filter(&mut self, filter: impl Filter + 'static) -> &mut Self {
        self.filters.push(Box::new(filter));
        self
    }

    pub fn max_depth(&mut self, depth: usize) -> &mut Self {
        self.max_depth = depth;
        self
    }

    pub fn build(self) -> Walk {
        let first = Entry { path: self.root, kind: Kind::Directory, size: None, depth: 0 };
        Walk { queue: VecDeque::from([first]), filters: self.filters, max_depth: self.max_depth }
    }
}

/// Files, breadth first.
pub struct Walk {
    queue: VecDeque<Entry>,
    filters: Vec<Box<dyn Filter>>,
    max_depth: usize,
}

impl Walk {
    fn open(&mut self, directory: &Entry) -> io::Result<()> {
        if directory.depth >= self.max_depth {
            return Ok(());
        }
        for found in fs::read_dir(&directory.path)? {
            let found = found?;
            let metadata = found.metadata()?;
            let entry = Entry {
                path: found.path(),
                kind: Kind::from(metadata.file_type()),
                size: metadata.is_file().then(|| metadata.len()),
                depth: directory.depth + 1,
            };
            if self.filters.iter().all(|filter| filter.wants(&entry)) {
                self.queue.push_back(entry);
            }
        }
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        while let Some(entry) = self.queue.pop_front() {
            match entry.kind {
                Kind::File => return Some(Ok(entry)),
                Kind::Directory => {
                    if let Err(error) = self.open(&entry) {
                        return Some(Err(error));
                    }
                }
                Kind::Other => continue,
            }
        }
        None
    }
}
