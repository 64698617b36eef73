//! Where texts come from.

use std::io;
use std::path::PathBuf;

use sift_walk::{Entry, Walk};

/// A path with its content.
pub type Document = (PathBuf, Vec<u8>);

/// Something that has documents.
pub trait Source {
    type Documents: Iterator<Item = io::Result<Document>>;

    fn documents(self) -> Self::Documents;
}

/// The files a walk finds.
pub struct Files(pub Walk);

impl Source for Files {
    type Documents = Box<dyn Iterator<Item = io::Result<Document>>>;

    fn documents(self) -> Self::Documents {
        Box::new(self.0.filter(wanted).map(|entry| {
            let Entry { path, .. } = entry?;
            let bytes = std::fs::read(&path)?;
            Ok((path, bytes))
        }))
    }
}

fn wanted(entry: &io::Result<Entry>) -> bool {
    entry.as_ref().map_or(true, Entry::is_file)
}

/// Texts that are there already.
#[derive(Default)]
pub struct Memory {
    documents: Vec<Document>,
}

impl Memory {
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.documents.push((path.into(), text.as_bytes().to_vec()));
        self
    }
}

impl Source for Memory {
    type Documents = std::iter::Map<std::vec::IntoIter<Document>, fn(Document) -> io::Result<Document>>;

    fn documents(self) -> Self::Documents {
        self.documents.into_iter().map(Ok)
    }
}
