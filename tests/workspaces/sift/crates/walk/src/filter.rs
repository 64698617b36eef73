use crate::walker::Entry;

/// Says whether an entry is wanted.
pub trait Filter {
    fn wants(&self, entry: &Entry) -> bool;
}

/// A function is a filter.
impl<F> Filter for F
where
    F: Fn(&Entry) -> bool,
{
    fn wants(&self, entry: &Entry) -> bool {
        self(entry)
    }
}

/// Both filters must want an entry.
pub struct And<A, B> {
    pub first: A,
    pub second: B,
}

impl<A: Filter, B: Filter> Filter for And<A, B> {
    fn wants(&self, entry: &Entry) -> bool {
        let And { first, second } = self;
        first.wants(entry) && second.wants(entry)
    }
}

/// No entry larger than so many bytes.
#[derive(Debug, Clone, Copy)]
pub struct MaxSize(pub u64);

impl Filter for MaxSize {
    fn wants(&self, entry: &Entry) -> bool {
        entry.size.map_or(true, |size| size <= self.0)
    }
}

/// Hidden files stay hidden.
pub struct Visible;

impl Filter for Visible {
    fn wants(&self, entry: &Entry) -> bool {
        !entry.name().starts_with('.')
    }
}

/// Combinators for every filter.
pub trait FilterExt: Filter {
    fn and<B: Filter>(self, second: B) -> And<Self, B>
    where
        Self: Sized,
    {
        And { first: self, second }
    }
}

impl<T: Filter + ?Sized> FilterExt for T {}
