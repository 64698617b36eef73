//! Signatures of the standard library, as far as type inference profits from them.
//!
//! Never shown to anybody: the resolver reads this file as one flat module, so that a chain like
//! `map.get(&key).unwrap().len()` keeps its types. What is missing here is only unknown, never wrong.
//! `elsewhere` stands for every other crate, and must stay the first item.

pub mod elsewhere {}

pub mod prelude {
    pub use super::{Option, Result, Some, None, Ok, Err, Box, Vec, String, Iterator, IntoIterator, Clone, Copy, Default};
    pub use super::{Drop, Fn, FnMut, FnOnce, From, Into, AsRef, AsMut, ToString, ToOwned, PartialEq, Eq, PartialOrd, Ord};
    pub use super::{Send, Sync, Sized, Unpin, Extend, DoubleEndedIterator, ExactSizeIterator, TryFrom, TryInto};
    pub use super::{FromIterator, Debug, Hash, drop, panic, Future, IntoFuture};
}

pub use Option::{None, Some};
pub use Result::{Err, Ok};

pub enum Option<T> { None, Some(T) }
pub enum Result<T, E> { Ok(T), Err(E) }
pub enum Poll<T> { Ready(T), Pending }
pub enum Ordering { Less, Equal, Greater, Relaxed, Release, Acquire, AcqRel, SeqCst }
pub enum Cow<B> { Borrowed(&B), Owned(B) }
pub enum ControlFlow<B, C> { Continue(C), Break(B) }
pub enum Bound<T> { Included(T), Excluded(T), Unbounded }
pub enum Entry<K, V> { Occupied(OccupiedEntry<K, V>), Vacant(VacantEntry<K, V>) }

pub fn drop<T>(value: T) {}
pub fn take<T>(value: &mut T) -> T;
pub fn replace<T>(value: &mut T, other: T) -> T;
pub fn min<T>(a: T, b: T) -> T;
pub fn max<T>(a: T, b: T) -> T;
pub fn spawn<F: FnOnce() -> T, T>(f: F) -> JoinHandle<T>;
pub fn current() -> Thread;
pub fn stdin() -> Stdin;
pub fn stdout() -> Stdout;
pub fn stderr() -> Stderr;
pub fn once<T>(value: T) -> Iter<T>;
pub fn empty<T>() -> Iter<T>;
pub fn repeat<T>(value: T) -> Iter<T>;
pub fn from_fn<T, F: FnMut() -> Option<T>>(f: F) -> Iter<T>;
pub fn from_utf8(bytes: &[u8]) -> Result<&str, Utf8Error>;
pub fn catch_unwind<F: FnOnce() -> R, R>(f: F) -> Result<R, Box<Payload>>;
pub fn poll_fn<T, F: FnMut(&mut Context) -> Poll<T>>(f: F) -> PollFn<T>;
pub fn ready<T>(value: T) -> PollFn<T>;
pub fn pending<T>() -> PollFn<T>;
pub fn zip<A: IntoIterator, B: IntoIterator>(a: A, b: B) -> Iter<(A::Item, B::Item)>;

pub struct Payload;
pub struct PollFn<T>(T);
impl<T> Future for PollFn<T> { type Output = T; }
pub struct Utf8Error;
pub struct Error;
pub struct Iter<T>(T);
pub struct OccupiedEntry<K, V>(K, V);
pub struct VacantEntry<K, V>(K, V);
pub struct Context;
pub struct Waker;
pub struct Duration;
pub struct Instant;
pub struct SystemTime;
pub struct Thread;
pub struct Builder;
pub struct JoinHandle<T>(T);
pub struct Path;
pub struct PathBuf;
pub struct OsStr;
pub struct OsString;
pub struct File;
pub struct Metadata;
pub struct DirEntry;
pub struct Command;
pub struct Child;
pub struct Output;
pub struct Stdin;
pub struct Stdout;
pub struct Stderr;
pub struct SocketAddr;
pub struct TcpStream;
pub struct TcpListener;
pub struct UdpSocket;
pub struct Formatter;
pub struct Arguments;
pub struct BufReader<R>(R);
pub struct BufWriter<W>(W);
pub struct Range<T> { pub start: T, pub end: T }
pub struct RangeInclusive<T>(T);
pub struct RangeFrom<T> { pub start: T }
pub struct RangeTo<T> { pub end: T }
pub struct RangeFull<T>(T);
impl<T> Iterator for RangeInclusive<T> { type Item = T; }
impl<T> Iterator for RangeFrom<T> { type Item = T; }
pub struct PhantomData<T>(T);
pub struct Wrapping<T>(pub T);
pub struct Reverse<T>(pub T);
pub struct Layout;

pub trait Clone { fn clone(&self) -> Self; fn clone_from(&mut self, other: &Self); }
pub trait Copy: Clone {}
pub trait Default { fn default() -> Self; }
pub trait Drop { fn drop(&mut self); }
pub trait Send {}
pub trait Sync {}
pub trait Sized {}
pub trait Unpin {}
pub trait Fn {}
pub trait FnMut {}
pub trait FnOnce {}
pub trait Debug { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait Display { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait Write {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error>;
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Error>;
    fn flush(&mut self) -> Result<(), Error>;
    fn write_str(&mut self, text: &str) -> Result<(), Error>;
    fn by_ref(&mut self) -> &mut Self;
}
pub trait Read {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Error>;
    fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> Result<usize, Error>;
    fn read_to_string(&mut self, text: &mut String) -> Result<usize, Error>;
    fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), Error>;
    fn by_ref(&mut self) -> &mut Self;
}
pub trait BufRead: Read { fn fill_buf(&mut self) -> Result<&[u8], Error>; fn consume(&mut self, count: usize); }
pub trait Seek { fn seek(&mut self, to: u64) -> Result<u64, Error>; }
pub trait Hash { fn hash<H>(&self, state: &mut H); }
pub trait Hasher { fn finish(&self) -> u64; }
pub trait PartialEq { fn eq(&self, other: &Self) -> bool; fn ne(&self, other: &Self) -> bool; }
pub trait Eq: PartialEq {}
pub trait PartialOrd { fn partial_cmp(&self, other: &Self) -> Option<Ordering>; }
pub trait Ord: PartialOrd {
    fn cmp(&self, other: &Self) -> Ordering;
    fn max(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
    fn clamp(self, low: Self, high: Self) -> Self;
}
pub trait From<T> { fn from(value: T) -> Self; }
pub trait Into<T> { fn into(self) -> T; }
pub trait TryFrom<T> { type Error; fn try_from(value: T) -> Result<Self, Self::Error>; }
pub trait TryInto<T> { fn try_into(self) -> Result<T, Error>; }
pub trait FromStr { type Err; fn from_str(text: &str) -> Result<Self, Self::Err>; }
pub trait AsRef<T> { fn as_ref(&self) -> &T; }
pub trait AsMut<T> { fn as_mut(&mut self) -> &mut T; }
pub trait Borrow<T> { fn borrow(&self) -> &T; }
pub trait Deref { type Target; fn deref(&self) -> &Self::Target; }
pub trait DerefMut: Deref { fn deref_mut(&mut self) -> &mut Self::Target; }
pub trait Index<I> { type Output; fn index(&self, index: I) -> &Self::Output; }
pub trait IndexMut<I>: Index<I> {}
pub trait Extend<T> { fn extend<I>(&mut self, items: I); }
pub trait FromIterator<T> { fn from_iter<I>(items: I) -> Self; }
pub trait Future { type Output; fn poll(self: Pin<&mut Self>, cx: &mut Context) -> Poll<Self::Output>; }
pub trait IntoFuture { type Output; }
pub trait Stream { type Item; }
pub trait Wake {}
pub trait StdError { fn source(&self) -> Option<&Error>; fn description(&self) -> &str; }
pub trait Add { type Output; }
pub trait Sub { type Output; }
pub trait Mul { type Output; }

pub trait ToOwned { fn to_owned(&self) -> Self; }
pub trait ToString { fn to_string(&self) -> String; }
impl<T> ToString for T {}
impl<T> Into<T> for T {}
impl<T> TryInto<T> for T {}

pub trait IntoIterator { type Item; fn into_iter(self) -> Iter<Self::Item>; }
impl<I: Iterator> IntoIterator for I { type Item = I::Item; fn into_iter(self) -> Self; }
pub trait ExactSizeIterator: Iterator { fn len(&self) -> usize; }
pub trait DoubleEndedIterator: Iterator {
    fn next_back(&mut self) -> Option<Self::Item>;
    fn rev(self) -> Iter<Self::Item>;
    fn rfind<P: FnMut(&Self::Item) -> bool>(&mut self, p: P) -> Option<Self::Item>;
}
pub trait Iterator {
    type Item;
    fn next(&mut self) -> Option<Self::Item>;
    fn by_ref(&mut self) -> &mut Self;
    fn size_hint(&self) -> (usize, Option<usize>);
    fn count(self) -> usize;
    fn last(self) -> Option<Self::Item>;
    fn nth(&mut self, n: usize) -> Option<Self::Item>;
    fn step_by(self, n: usize) -> Iter<Self::Item>;
    fn chain<U>(self, other: U) -> Iter<Self::Item>;
    fn zip<U: IntoIterator>(self, other: U) -> Iter<(Self::Item, U::Item)>;
    fn map<B, F: FnMut(Self::Item) -> B>(self, f: F) -> Iter<B>;
    fn for_each<F: FnMut(Self::Item)>(self, f: F);
    fn try_for_each<R, F: FnMut(Self::Item) -> R>(&mut self, f: F) -> R;
    fn filter<P: FnMut(&Self::Item) -> bool>(self, p: P) -> Iter<Self::Item>;
    fn filter_map<B, F: FnMut(Self::Item) -> Option<B>>(self, f: F) -> Iter<B>;
    fn enumerate(self) -> Iter<(usize, Self::Item)>;
    fn peekable(self) -> Peekable<Self::Item>;
    fn skip_while<P: FnMut(&Self::Item) -> bool>(self, p: P) -> Iter<Self::Item>;
    fn take_while<P: FnMut(&Self::Item) -> bool>(self, p: P) -> Iter<Self::Item>;
    fn map_while<B, P: FnMut(Self::Item) -> Option<B>>(self, p: P) -> Iter<B>;
    fn skip(self, n: usize) -> Iter<Self::Item>;
    fn take(self, n: usize) -> Iter<Self::Item>;
    fn flat_map<U: IntoIterator, F: FnMut(Self::Item) -> U>(self, f: F) -> Iter<U::Item>;
    fn fuse(self) -> Iter<Self::Item>;
    fn inspect<F: FnMut(&Self::Item)>(self, f: F) -> Iter<Self::Item>;
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B;
    fn all<F: FnMut(Self::Item) -> bool>(&mut self, f: F) -> bool;
    fn any<F: FnMut(Self::Item) -> bool>(&mut self, f: F) -> bool;
    fn find<P: FnMut(&Self::Item) -> bool>(&mut self, p: P) -> Option<Self::Item>;
    fn find_map<B, F: FnMut(Self::Item) -> Option<B>>(&mut self, f: F) -> Option<B>;
    fn position<P: FnMut(Self::Item) -> bool>(&mut self, p: P) -> Option<usize>;
    fn partition<B, F: FnMut(&Self::Item) -> bool>(self, f: F) -> (B, B);
    fn max(self) -> Option<Self::Item>;
    fn min(self) -> Option<Self::Item>;
    fn max_by_key<B, F: FnMut(&Self::Item) -> B>(self, f: F) -> Option<Self::Item>;
    fn min_by_key<B, F: FnMut(&Self::Item) -> B>(self, f: F) -> Option<Self::Item>;
    fn rev(self) -> Iter<Self::Item>;
    fn cloned(self) -> Iter<Self::Item>;
    fn copied(self) -> Iter<Self::Item>;
    fn cycle(self) -> Iter<Self::Item>;
    fn sum<S>(self) -> S;
    fn product<S>(self) -> S;
    fn collect<B>(self) -> B;
    fn unzip<A, B>(self) -> (A, B);
}
impl<T> Iterator for Iter<T> { type Item = T; }
pub struct Peekable<T>(T);
impl<T> Iterator for Peekable<T> { type Item = T; }
impl<T> Peekable<T> {
    pub fn peek(&mut self) -> Option<&T>;
    pub fn peek_mut(&mut self) -> Option<&mut T>;
    pub fn next_if<F: FnOnce(&T) -> bool>(&mut self, f: F) -> Option<T>;
}
impl<T> Iterator for Range<T> { type Item = T; }

impl<T> Clone for Option<T> {}
impl<T> IntoIterator for Option<T> { type Item = T; }
impl<T> Option<T> {
    pub fn is_some(&self) -> bool;
    pub fn is_none(&self) -> bool;
    pub fn is_some_and<F: FnOnce(T) -> bool>(self, f: F) -> bool;
    pub fn is_none_or<F: FnOnce(T) -> bool>(self, f: F) -> bool;
    pub fn as_ref(&self) -> Option<&T>;
    pub fn as_mut(&mut self) -> Option<&mut T>;
    pub fn as_deref(&self) -> Option<&T>;
    pub fn as_deref_mut(&mut self) -> Option<&mut T>;
    pub fn expect(self, message: &str) -> T;
    pub fn unwrap(self) -> T;
    pub fn unwrap_or(self, default: T) -> T;
    pub fn unwrap_or_else<F: FnOnce() -> T>(self, f: F) -> T;
    pub fn unwrap_or_default(self) -> T;
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Option<U>;
    pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Option<T>;
    pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U;
    pub fn map_or_else<U, D: FnOnce() -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U;
    pub fn ok_or<E>(self, error: E) -> Result<T, E>;
    pub fn ok_or_else<E, F: FnOnce() -> E>(self, error: F) -> Result<T, E>;
    pub fn iter(&self) -> Iter<&T>;
    pub fn iter_mut(&mut self) -> Iter<&mut T>;
    pub fn and<U>(self, other: Option<U>) -> Option<U>;
    pub fn and_then<U, F: FnOnce(T) -> Option<U>>(self, f: F) -> Option<U>;
    pub fn filter<P: FnOnce(&T) -> bool>(self, p: P) -> Option<T>;
    pub fn or(self, other: Option<T>) -> Option<T>;
    pub fn or_else<F: FnOnce() -> Option<T>>(self, f: F) -> Option<T>;
    pub fn insert(&mut self, value: T) -> &mut T;
    pub fn get_or_insert(&mut self, value: T) -> &mut T;
    pub fn get_or_insert_with<F: FnOnce() -> T>(&mut self, f: F) -> &mut T;
    pub fn take(&mut self) -> Option<T>;
    pub fn replace(&mut self, value: T) -> Option<T>;
    pub fn zip<U>(self, other: Option<U>) -> Option<(T, U)>;
    pub fn copied(self) -> Option<T>;
    pub fn cloned(self) -> Option<T>;
    pub fn transpose(self) -> T;
    pub fn flatten(self) -> T;
}
impl<T, E> Clone for Result<T, E> {}
impl<T, E> IntoIterator for Result<T, E> { type Item = T; }
impl<T, E> Result<T, E> {
    pub fn is_ok(&self) -> bool;
    pub fn is_err(&self) -> bool;
    pub fn ok(self) -> Option<T>;
    pub fn err(self) -> Option<E>;
    pub fn as_ref(&self) -> Result<&T, &E>;
    pub fn as_mut(&mut self) -> Result<&mut T, &mut E>;
    pub fn as_deref(&self) -> Result<&T, &E>;
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Result<U, E>;
    pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U;
    pub fn map_or_else<U, D: FnOnce(E) -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U;
    pub fn map_err<O, F: FnOnce(E) -> O>(self, f: F) -> Result<T, O>;
    pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Result<T, E>;
    pub fn inspect_err<F: FnOnce(&E)>(self, f: F) -> Result<T, E>;
    pub fn iter(&self) -> Iter<&T>;
    pub fn expect(self, message: &str) -> T;
    pub fn unwrap(self) -> T;
    pub fn unwrap_or(self, default: T) -> T;
    pub fn unwrap_or_else<F: FnOnce(E) -> T>(self, f: F) -> T;
    pub fn unwrap_or_default(self) -> T;
    pub fn expect_err(self, message: &str) -> E;
    pub fn unwrap_err(self) -> E;
    pub fn and<U>(self, other: Result<U, E>) -> Result<U, E>;
    pub fn and_then<U, F: FnOnce(T) -> Result<U, E>>(self, f: F) -> Result<U, E>;
    pub fn or<F>(self, other: Result<T, F>) -> Result<T, F>;
    pub fn or_else<O, F: FnOnce(E) -> Result<T, O>>(self, f: F) -> Result<T, O>;
}
impl<T> Poll<T> {
    pub fn is_ready(&self) -> bool;
    pub fn is_pending(&self) -> bool;
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Poll<U>;
}

pub struct Box<T>(T);
pub struct Rc<T>(T);
pub struct Arc<T>(T);
pub struct Weak<T>(T);
pub struct Pin<T>(T);
pub struct Cell<T>(T);
pub struct RefCell<T>(T);
pub struct Ref<T>(T);
pub struct RefMut<T>(T);
pub struct UnsafeCell<T>(T);
pub struct Mutex<T>(T);
pub struct MutexGuard<T>(T);
pub struct RwLock<T>(T);
pub struct RwLockReadGuard<T>(T);
pub struct RwLockWriteGuard<T>(T);
pub struct OnceLock<T>(T);
pub struct OnceCell<T>(T);
pub struct LazyLock<T>(T);
pub struct LocalKey<T>(T);
pub struct ManuallyDrop<T>(T);
pub struct MaybeUninit<T>(T);
pub struct NonNull<T>(T);
pub struct Condvar;
pub struct PoisonError<T>(T);
pub struct AtomicPtr<T>(T);
impl<T> Deref for Box<T> { type Target = T; }
impl<T> Deref for Rc<T> { type Target = T; }
impl<T> Deref for Arc<T> { type Target = T; }
impl<T: Deref> Deref for Pin<T> { type Target = T::Target; }
impl<T> Deref for Ref<T> { type Target = T; }
impl<T> Deref for RefMut<T> { type Target = T; }
impl<T> Deref for MutexGuard<T> { type Target = T; }
impl<T> Deref for RwLockReadGuard<T> { type Target = T; }
impl<T> Deref for RwLockWriteGuard<T> { type Target = T; }
impl<T> Deref for LazyLock<T> { type Target = T; }
impl<T> Deref for ManuallyDrop<T> { type Target = T; }
impl<B> Deref for Cow<B> { type Target = B; }
impl<T> Clone for Box<T> {}
impl<T> Clone for Rc<T> {}
impl<T> Clone for Arc<T> {}
impl<T> Clone for Weak<T> {}
impl<T> Clone for Cell<T> {}
impl<T> Clone for NonNull<T> {}
impl<T: Future> Future for Box<T> { type Output = T::Output; }
impl<T: Future> Future for Pin<T> { type Output = T::Output; }
impl<T: Iterator> Iterator for Box<T> { type Item = T::Item; }
impl<T> Box<T> {
    pub fn new(value: T) -> Box<T>;
    pub fn pin(value: T) -> Pin<Box<T>>;
    pub fn leak(value: Box<T>) -> &mut T;
    pub fn into_raw(value: Box<T>) -> *mut T;
    pub fn from_raw(value: *mut T) -> Box<T>;
}
impl<T> Rc<T> {
    pub fn new(value: T) -> Rc<T>;
    pub fn clone(value: &Rc<T>) -> Rc<T>;
    pub fn downgrade(value: &Rc<T>) -> Weak<T>;
    pub fn get_mut(value: &mut Rc<T>) -> Option<&mut T>;
    pub fn make_mut(value: &mut Rc<T>) -> &mut T;
    pub fn try_unwrap(value: Rc<T>) -> Result<T, Rc<T>>;
}
impl<T> Arc<T> {
    pub fn new(value: T) -> Arc<T>;
    pub fn clone(value: &Arc<T>) -> Arc<T>;
    pub fn downgrade(value: &Arc<T>) -> Weak<T>;
    pub fn get_mut(value: &mut Arc<T>) -> Option<&mut T>;
    pub fn make_mut(value: &mut Arc<T>) -> &mut T;
    pub fn try_unwrap(value: Arc<T>) -> Result<T, Arc<T>>;
    pub fn into_inner(value: Arc<T>) -> Option<T>;
    pub fn into_raw(value: Arc<T>) -> *const T;
    pub fn from_raw(value: *const T) -> Arc<T>;
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(f: F) -> Arc<T>;
}
impl<T> Weak<T> { pub fn new() -> Weak<T>; pub fn upgrade(&self) -> Option<Arc<T>>; }
impl<T> Pin<T> {
    pub fn new(value: T) -> Pin<T>;
    pub fn new_unchecked(value: T) -> Pin<T>;
    pub fn into_inner(pin: Pin<T>) -> T;
    pub fn into_inner_unchecked(pin: Pin<T>) -> T;
    pub fn as_mut(&mut self) -> Pin<T>;
    pub fn as_ref(&self) -> Pin<T>;
    pub fn get_mut(self) -> T;
    pub fn get_unchecked_mut(self) -> T;
    pub fn set(&mut self, value: T);
}
impl<T> Cell<T> {
    pub fn new(value: T) -> Cell<T>;
    pub fn get(&self) -> T;
    pub fn set(&self, value: T);
    pub fn replace(&self, value: T) -> T;
    pub fn take(&self) -> T;
}
impl<T> RefCell<T> {
    pub fn new(value: T) -> RefCell<T>;
    pub fn borrow(&self) -> Ref<T>;
    pub fn borrow_mut(&self) -> RefMut<T>;
    pub fn into_inner(self) -> T;
    pub fn get_mut(&mut self) -> &mut T;
    pub fn replace(&self, value: T) -> T;
    pub fn take(&self) -> T;
}
impl<T> UnsafeCell<T> { pub fn new(value: T) -> UnsafeCell<T>; pub fn get(&self) -> *mut T; pub fn get_mut(&mut self) -> &mut T; pub fn into_inner(self) -> T; }
impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T>;
    pub fn lock(&self) -> Result<MutexGuard<T>, PoisonError<MutexGuard<T>>>;
    pub fn try_lock(&self) -> Result<MutexGuard<T>, PoisonError<MutexGuard<T>>>;
    pub fn get_mut(&mut self) -> Result<&mut T, Error>;
    pub fn into_inner(self) -> Result<T, Error>;
}
impl<T> PoisonError<T> { pub fn into_inner(self) -> T; }
impl<T> RwLock<T> {
    pub fn new(value: T) -> RwLock<T>;
    pub fn read(&self) -> Result<RwLockReadGuard<T>, Error>;
    pub fn write(&self) -> Result<RwLockWriteGuard<T>, Error>;
    pub fn get_mut(&mut self) -> Result<&mut T, Error>;
    pub fn into_inner(self) -> Result<T, Error>;
}
impl<T> OnceLock<T> {
    pub fn new() -> OnceLock<T>;
    pub fn get(&self) -> Option<&T>;
    pub fn set(&self, value: T) -> Result<(), T>;
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T;
}
impl<T> OnceCell<T> {
    pub fn new() -> OnceCell<T>;
    pub fn get(&self) -> Option<&T>;
    pub fn set(&self, value: T) -> Result<(), T>;
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T;
}
impl<T> LazyLock<T> { pub fn new<F>(f: F) -> LazyLock<T>; }
impl<T> LocalKey<T> {
    pub fn with<R, F: FnOnce(&T) -> R>(&self, f: F) -> R;
    pub fn try_with<R, F: FnOnce(&T) -> R>(&self, f: F) -> Result<R, Error>;
}
impl<T> ManuallyDrop<T> { pub fn new(value: T) -> ManuallyDrop<T>; pub fn into_inner(value: ManuallyDrop<T>) -> T; pub fn take(value: &mut ManuallyDrop<T>) -> T; }
impl<T> MaybeUninit<T> {
    pub fn new(value: T) -> MaybeUninit<T>;
    pub fn uninit() -> MaybeUninit<T>;
    pub fn as_ptr(&self) -> *const T;
    pub fn as_mut_ptr(&mut self) -> *mut T;
    pub fn assume_init(self) -> T;
    pub fn assume_init_ref(&self) -> &T;
    pub fn assume_init_mut(&mut self) -> &mut T;
    pub fn write(&mut self, value: T) -> &mut T;
}
impl<T> NonNull<T> {
    pub fn new(value: *mut T) -> Option<NonNull<T>>;
    pub fn new_unchecked(value: *mut T) -> NonNull<T>;
    pub fn dangling() -> NonNull<T>;
    pub fn as_ptr(self) -> *mut T;
    pub fn as_ref(&self) -> &T;
    pub fn as_mut(&mut self) -> &mut T;
    pub fn cast<U>(self) -> NonNull<U>;
}

pub struct String;
pub struct Vec<T>(T);
pub struct VecDeque<T>(T);
pub struct BinaryHeap<T>(T);
pub struct LinkedList<T>(T);
pub struct HashMap<K, V>(K, V);
pub struct BTreeMap<K, V>(K, V);
pub struct HashSet<T>(T);
pub struct BTreeSet<T>(T);
impl Deref for String { type Target = str; }
impl<T> Deref for Vec<T> { type Target = [T]; }
impl Deref for PathBuf { type Target = Path; }
impl Deref for OsString { type Target = OsStr; }
impl Clone for String {}
impl Clone for PathBuf {}
impl Clone for OsString {}
impl Clone for Duration {}
impl Clone for Instant {}
impl Clone for Waker {}
impl<T> Clone for Vec<T> {}
impl<T> Clone for VecDeque<T> {}
impl<K, V> Clone for HashMap<K, V> {}
impl<K, V> Clone for BTreeMap<K, V> {}
impl<T> Clone for HashSet<T> {}
impl<T> Clone for BTreeSet<T> {}
impl<T> IntoIterator for Vec<T> { type Item = T; }
impl<T> IntoIterator for VecDeque<T> { type Item = T; }
impl<T> IntoIterator for BinaryHeap<T> { type Item = T; }
impl<T> IntoIterator for HashSet<T> { type Item = T; }
impl<T> IntoIterator for BTreeSet<T> { type Item = T; }
impl<K, V> IntoIterator for HashMap<K, V> { type Item = (K, V); }
impl<K, V> IntoIterator for BTreeMap<K, V> { type Item = (K, V); }
impl<T> IntoIterator for [T] { type Item = T; }
impl<T> Index<usize> for Vec<T> { type Output = T; }
impl<T> Index<usize> for VecDeque<T> { type Output = T; }
impl<T> Index<usize> for [T] { type Output = T; }
impl<K, V> Index<K> for HashMap<K, V> { type Output = V; }
impl<K, V> Index<K> for BTreeMap<K, V> { type Output = V; }
impl String {
    pub fn new() -> String;
    pub fn with_capacity(n: usize) -> String;
    pub fn from(value: &str) -> String;
    pub fn from_utf8(bytes: Vec<u8>) -> Result<String, Utf8Error>;
    pub fn from_utf8_lossy(bytes: &[u8]) -> Cow<str>;
    pub fn push(&mut self, c: char);
    pub fn push_str(&mut self, text: &str);
    pub fn pop(&mut self) -> Option<char>;
    pub fn as_str(&self) -> &str;
    pub fn into_bytes(self) -> Vec<u8>;
    pub fn into_boxed_str(self) -> Box<str>;
    pub fn clear(&mut self);
}
impl str {
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn as_bytes(&self) -> &[u8];
    pub fn chars(&self) -> Iter<char>;
    pub fn char_indices(&self) -> Iter<(usize, char)>;
    pub fn bytes(&self) -> Iter<u8>;
    pub fn lines(&self) -> Iter<&str>;
    pub fn split<P>(&self, p: P) -> Iter<&str>;
    pub fn splitn<P>(&self, n: usize, p: P) -> Iter<&str>;
    pub fn rsplitn<P>(&self, n: usize, p: P) -> Iter<&str>;
    pub fn split_whitespace(&self) -> Iter<&str>;
    pub fn split_once<P>(&self, p: P) -> Option<(&str, &str)>;
    pub fn rsplit_once<P>(&self, p: P) -> Option<(&str, &str)>;
    pub fn split_at(&self, at: usize) -> (&str, &str);
    pub fn trim(&self) -> &str;
    pub fn trim_start(&self) -> &str;
    pub fn trim_end(&self) -> &str;
    pub fn trim_matches<P>(&self, p: P) -> &str;
    pub fn trim_start_matches<P>(&self, p: P) -> &str;
    pub fn trim_end_matches<P>(&self, p: P) -> &str;
    pub fn strip_prefix<P>(&self, p: P) -> Option<&str>;
    pub fn strip_suffix<P>(&self, p: P) -> Option<&str>;
    pub fn to_string(&self) -> String;
    pub fn to_owned(&self) -> String;
    pub fn to_lowercase(&self) -> String;
    pub fn to_uppercase(&self) -> String;
    pub fn to_ascii_lowercase(&self) -> String;
    pub fn repeat(&self, n: usize) -> String;
    pub fn replace<P>(&self, from: P, to: &str) -> String;
    pub fn contains<P>(&self, p: P) -> bool;
    pub fn starts_with<P>(&self, p: P) -> bool;
    pub fn ends_with<P>(&self, p: P) -> bool;
    pub fn find<P>(&self, p: P) -> Option<usize>;
    pub fn rfind<P>(&self, p: P) -> Option<usize>;
    pub fn get<I>(&self, index: I) -> Option<&str>;
    pub fn parse<F>(&self) -> Result<F, Error>;
    pub fn is_char_boundary(&self, at: usize) -> bool;
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool;
}
impl<T> Vec<T> {
    pub fn new() -> Vec<T>;
    pub fn with_capacity(n: usize) -> Vec<T>;
    pub fn push(&mut self, value: T);
    pub fn pop(&mut self) -> Option<T>;
    pub fn insert(&mut self, at: usize, value: T);
    pub fn remove(&mut self, at: usize) -> T;
    pub fn swap_remove(&mut self, at: usize) -> T;
    pub fn truncate(&mut self, n: usize);
    pub fn drain<R>(&mut self, range: R) -> Iter<T>;
    pub fn clear(&mut self);
    pub fn capacity(&self) -> usize;
    pub fn reserve(&mut self, n: usize);
    pub fn append(&mut self, other: &mut Vec<T>);
    pub fn extend<I>(&mut self, items: I);
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F);
    pub fn dedup_by_key<K, F: FnMut(&mut T) -> K>(&mut self, f: F);
    pub fn split_off(&mut self, at: usize) -> Vec<T>;
    pub fn into_boxed_slice(self) -> Box<[T]>;
    pub fn as_slice(&self) -> &[T];
    pub fn as_mut_slice(&mut self) -> &mut [T];
}
impl<T> [T] {
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn first(&self) -> Option<&T>;
    pub fn first_mut(&mut self) -> Option<&mut T>;
    pub fn last(&self) -> Option<&T>;
    pub fn last_mut(&mut self) -> Option<&mut T>;
    pub fn get(&self, index: usize) -> Option<&T>;
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T>;
    pub fn get_unchecked(&self, index: usize) -> &T;
    pub fn iter(&self) -> Iter<&T>;
    pub fn iter_mut(&mut self) -> Iter<&mut T>;
    pub fn windows(&self, n: usize) -> Iter<&[T]>;
    pub fn chunks(&self, n: usize) -> Iter<&[T]>;
    pub fn split_first(&self) -> Option<(&T, &[T])>;
    pub fn split_last(&self) -> Option<(&T, &[T])>;
    pub fn split_at(&self, at: usize) -> (&[T], &[T]);
    pub fn split_at_mut(&mut self, at: usize) -> (&mut [T], &mut [T]);
    pub fn to_vec(&self) -> Vec<T>;
    pub fn to_owned(&self) -> Vec<T>;
    pub fn into_vec(self) -> Vec<T>;
    pub fn into_iter(self) -> Iter<T>;
    pub fn join<S>(&self, separator: S) -> String;
    pub fn concat(&self) -> T;
    pub fn contains(&self, value: &T) -> bool;
    pub fn starts_with(&self, other: &[T]) -> bool;
    pub fn ends_with(&self, other: &[T]) -> bool;
    pub fn binary_search(&self, value: &T) -> Result<usize, usize>;
    pub fn binary_search_by<F: FnMut(&T) -> Ordering>(&self, f: F) -> Result<usize, usize>;
    pub fn binary_search_by_key<B, F: FnMut(&T) -> B>(&self, key: &B, f: F) -> Result<usize, usize>;
    pub fn sort(&mut self);
    pub fn sort_by<F: FnMut(&T, &T) -> Ordering>(&mut self, f: F);
    pub fn sort_by_key<K, F: FnMut(&T) -> K>(&mut self, f: F);
    pub fn sort_unstable_by<F: FnMut(&T, &T) -> Ordering>(&mut self, f: F);
    pub fn sort_unstable_by_key<K, F: FnMut(&T) -> K>(&mut self, f: F);
    pub fn swap(&mut self, a: usize, b: usize);
    pub fn reverse(&mut self);
    pub fn copy_from_slice(&mut self, other: &[T]);
    pub fn copy_within<R>(&mut self, range: R, at: usize);
    pub fn fill(&mut self, value: T);
    pub fn as_ptr(&self) -> *const T;
    pub fn as_mut_ptr(&mut self) -> *mut T;
}
impl<T> VecDeque<T> {
    pub fn new() -> VecDeque<T>;
    pub fn with_capacity(n: usize) -> VecDeque<T>;
    pub fn push_back(&mut self, value: T);
    pub fn push_front(&mut self, value: T);
    pub fn pop_back(&mut self) -> Option<T>;
    pub fn pop_front(&mut self) -> Option<T>;
    pub fn front(&self) -> Option<&T>;
    pub fn front_mut(&mut self) -> Option<&mut T>;
    pub fn back(&self) -> Option<&T>;
    pub fn back_mut(&mut self) -> Option<&mut T>;
    pub fn get(&self, index: usize) -> Option<&T>;
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T>;
    pub fn iter(&self) -> Iter<&T>;
    pub fn iter_mut(&mut self) -> Iter<&mut T>;
    pub fn drain<R>(&mut self, range: R) -> Iter<T>;
    pub fn remove(&mut self, at: usize) -> Option<T>;
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn clear(&mut self);
    pub fn extend<I>(&mut self, items: I);
}
impl<T> BinaryHeap<T> {
    pub fn new() -> BinaryHeap<T>;
    pub fn push(&mut self, value: T);
    pub fn pop(&mut self) -> Option<T>;
    pub fn peek(&self) -> Option<&T>;
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn iter(&self) -> Iter<&T>;
    pub fn into_sorted_vec(self) -> Vec<T>;
}
impl<K, V> HashMap<K, V> {
    pub fn new() -> HashMap<K, V>;
    pub fn with_capacity(n: usize) -> HashMap<K, V>;
    pub fn get<Q>(&self, key: Q) -> Option<&V>;
    pub fn get_mut<Q>(&mut self, key: Q) -> Option<&mut V>;
    pub fn get_key_value<Q>(&self, key: Q) -> Option<(&K, &V)>;
    pub fn insert(&mut self, key: K, value: V) -> Option<V>;
    pub fn remove<Q>(&mut self, key: Q) -> Option<V>;
    pub fn remove_entry<Q>(&mut self, key: Q) -> Option<(K, V)>;
    pub fn contains_key<Q>(&self, key: Q) -> bool;
    pub fn entry(&mut self, key: K) -> Entry<K, V>;
    pub fn keys(&self) -> Iter<&K>;
    pub fn values(&self) -> Iter<&V>;
    pub fn values_mut(&mut self) -> Iter<&mut V>;
    pub fn into_keys(self) -> Iter<K>;
    pub fn into_values(self) -> Iter<V>;
    pub fn iter(&self) -> Iter<(&K, &V)>;
    pub fn iter_mut(&mut self) -> Iter<(&K, &mut V)>;
    pub fn drain(&mut self) -> Iter<(K, V)>;
    pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, f: F);
    pub fn extend<I>(&mut self, items: I);
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn clear(&mut self);
}
impl<K, V> BTreeMap<K, V> {
    pub fn new() -> BTreeMap<K, V>;
    pub fn get<Q>(&self, key: Q) -> Option<&V>;
    pub fn get_mut<Q>(&mut self, key: Q) -> Option<&mut V>;
    pub fn insert(&mut self, key: K, value: V) -> Option<V>;
    pub fn remove<Q>(&mut self, key: Q) -> Option<V>;
    pub fn contains_key<Q>(&self, key: Q) -> bool;
    pub fn entry(&mut self, key: K) -> Entry<K, V>;
    pub fn keys(&self) -> Iter<&K>;
    pub fn values(&self) -> Iter<&V>;
    pub fn values_mut(&mut self) -> Iter<&mut V>;
    pub fn iter(&self) -> Iter<(&K, &V)>;
    pub fn iter_mut(&mut self) -> Iter<(&K, &mut V)>;
    pub fn range<R>(&self, range: R) -> Iter<(&K, &V)>;
    pub fn first_key_value(&self) -> Option<(&K, &V)>;
    pub fn last_key_value(&self) -> Option<(&K, &V)>;
    pub fn pop_first(&mut self) -> Option<(K, V)>;
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn clear(&mut self);
}
impl<K, V> Entry<K, V> {
    pub fn or_insert(self, value: V) -> &mut V;
    pub fn or_insert_with<F: FnOnce() -> V>(self, f: F) -> &mut V;
    pub fn or_default(self) -> &mut V;
    pub fn and_modify<F: FnOnce(&mut V)>(self, f: F) -> Entry<K, V>;
    pub fn key(&self) -> &K;
}
impl<K, V> OccupiedEntry<K, V> {
    pub fn get(&self) -> &V;
    pub fn get_mut(&mut self) -> &mut V;
    pub fn into_mut(self) -> &mut V;
    pub fn insert(&mut self, value: V) -> V;
    pub fn remove(self) -> V;
    pub fn key(&self) -> &K;
}
impl<K, V> VacantEntry<K, V> { pub fn insert(self, value: V) -> &mut V; pub fn key(&self) -> &K; }
impl<T> HashSet<T> {
    pub fn new() -> HashSet<T>;
    pub fn insert(&mut self, value: T) -> bool;
    pub fn contains<Q>(&self, value: Q) -> bool;
    pub fn remove<Q>(&mut self, value: Q) -> bool;
    pub fn get<Q>(&self, value: Q) -> Option<&T>;
    pub fn take<Q>(&mut self, value: Q) -> Option<T>;
    pub fn iter(&self) -> Iter<&T>;
    pub fn drain(&mut self) -> Iter<T>;
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
    pub fn clear(&mut self);
    pub fn extend<I>(&mut self, items: I);
}
impl<T> BTreeSet<T> {
    pub fn new() -> BTreeSet<T>;
    pub fn insert(&mut self, value: T) -> bool;
    pub fn contains<Q>(&self, value: Q) -> bool;
    pub fn remove<Q>(&mut self, value: Q) -> bool;
    pub fn iter(&self) -> Iter<&T>;
    pub fn len(&self) -> usize;
    pub fn is_empty(&self) -> bool;
}
impl Path {
    pub fn new<S>(path: &S) -> &Path;
    pub fn to_path_buf(&self) -> PathBuf;
    pub fn to_owned(&self) -> PathBuf;
    pub fn as_os_str(&self) -> &OsStr;
    pub fn to_str(&self) -> Option<&str>;
    pub fn to_string_lossy(&self) -> Cow<str>;
    pub fn parent(&self) -> Option<&Path>;
    pub fn file_name(&self) -> Option<&OsStr>;
    pub fn file_stem(&self) -> Option<&OsStr>;
    pub fn extension(&self) -> Option<&OsStr>;
    pub fn join<P>(&self, path: P) -> PathBuf;
    pub fn strip_prefix<P>(&self, base: P) -> Result<&Path, Error>;
    pub fn canonicalize(&self) -> Result<PathBuf, Error>;
    pub fn metadata(&self) -> Result<Metadata, Error>;
    pub fn exists(&self) -> bool;
    pub fn is_file(&self) -> bool;
    pub fn is_dir(&self) -> bool;
    pub fn is_absolute(&self) -> bool;
}
impl PathBuf {
    pub fn new() -> PathBuf;
    pub fn from<S>(path: S) -> PathBuf;
    pub fn as_path(&self) -> &Path;
    pub fn push<P>(&mut self, path: P);
    pub fn pop(&mut self) -> bool;
    pub fn into_os_string(self) -> OsString;
}
impl OsStr {
    pub fn to_str(&self) -> Option<&str>;
    pub fn to_string_lossy(&self) -> Cow<str>;
    pub fn to_os_string(&self) -> OsString;
    pub fn is_empty(&self) -> bool;
    pub fn len(&self) -> usize;
}
impl OsString { pub fn new() -> OsString; pub fn into_string(self) -> Result<String, OsString>; pub fn as_os_str(&self) -> &OsStr; }
impl<B> Cow<B> { pub fn into_owned(self) -> B; pub fn to_mut(&mut self) -> &mut B; }
impl Duration {
    pub fn from_secs(n: u64) -> Duration;
    pub fn from_millis(n: u64) -> Duration;
    pub fn from_micros(n: u64) -> Duration;
    pub fn from_nanos(n: u64) -> Duration;
    pub fn from_secs_f64(n: f64) -> Duration;
    pub fn as_secs(&self) -> u64;
    pub fn as_millis(&self) -> u128;
    pub fn as_secs_f64(&self) -> f64;
    pub fn checked_add(self, other: Duration) -> Option<Duration>;
    pub fn checked_sub(self, other: Duration) -> Option<Duration>;
}
impl Instant {
    pub fn now() -> Instant;
    pub fn elapsed(&self) -> Duration;
    pub fn duration_since(&self, other: Instant) -> Duration;
    pub fn checked_add(&self, other: Duration) -> Option<Instant>;
}
impl Context { pub fn from_waker(waker: &Waker) -> Context; pub fn waker(&self) -> &Waker; }
impl Waker { pub fn wake(self); pub fn wake_by_ref(&self); pub fn will_wake(&self, other: &Waker) -> bool; pub fn noop() -> &Waker; }
impl<T> JoinHandle<T> { pub fn join(self) -> Result<T, Box<Payload>>; pub fn thread(&self) -> &Thread; }
impl Command {
    pub fn new<S>(program: S) -> Command;
    pub fn arg<S>(&mut self, arg: S) -> &mut Command;
    pub fn args<S>(&mut self, args: S) -> &mut Command;
    pub fn env<K, V>(&mut self, key: K, value: V) -> &mut Command;
    pub fn current_dir<P>(&mut self, path: P) -> &mut Command;
    pub fn stdin<T>(&mut self, to: T) -> &mut Command;
    pub fn stdout<T>(&mut self, to: T) -> &mut Command;
    pub fn stderr<T>(&mut self, to: T) -> &mut Command;
    pub fn spawn(&mut self) -> Result<Child, Error>;
    pub fn output(&mut self) -> Result<Output, Error>;
}
impl File { pub fn open<P>(path: P) -> Result<File, Error>; pub fn create<P>(path: P) -> Result<File, Error>; pub fn metadata(&self) -> Result<Metadata, Error>; }
impl Read for File {}
impl Write for File {}
impl Write for Stdout {}
impl Write for Stderr {}
impl Read for Stdin {}
impl Write for Vec<u8> {}
