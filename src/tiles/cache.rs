//! Finished tiles, kept while they are true.
//!
//! An entry is fresh when nothing its layers read was touched in its box since it was built; that is
//! asked at every hit and answered by the world, so nothing is ever invalidated. One build a key: who
//! asks meanwhile waits for it. An older build never takes the place of a newer one.
//!
//! Holds gzip only: nearly every client takes it, and [`Tile::plain`] unpacks for the others.
//!
//! **Why** locks in sixteen parts: a hit holds one for well under a microsecond. Blocking waits are for
//! threads that may block; [`TileCache::peek`] never waits for a build, so an async door can try it first.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use lru::LruCache;

use super::frame::Frame;
use super::{Layers, TileId, build};
use crate::domain::measure::{Day, Revision};
use crate::domain::world::{PlanChoice, World};

/// What a tile is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileKey {
    pub plan: PlanChoice,
    /// With `current`: as it counted, or will count, on that day. The world handed in has to be that of
    /// the day when a tile is built; to look whether one is held the world of today does.
    pub at: Option<Day>,
    pub layers: Layers,
    pub tile: TileId,
}

/// One finished tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The bytes, packed; empty when the tile shows nothing.
    pub gzip: Arc<[u8]>,
    /// Strong entity tag of the unpacked bytes, quotes included.
    pub etag: Box<str>,
    /// Length unpacked; 0 when the tile shows nothing.
    pub len: usize,
}

impl Tile {
    /// Packs and tags the bytes of a tile.
    pub fn new(bytes: &[u8]) -> Self {
        let mut hash = DefaultHasher::new();
        bytes.hash(&mut hash);
        let gzip = if bytes.is_empty() { Arc::default() } else { gzip(bytes).into() };
        Self { gzip, etag: format!("\"{:016x}\"", hash.finish()).into(), len: bytes.len() }
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes unpacked, for clients that do not take gzip.
    pub fn plain(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len);
        if !self.is_empty() {
            let mut decoder = flate2::read::GzDecoder::new(&*self.gzip);
            decoder.read_to_end(&mut bytes).expect("we packed it");
        }
        bytes
    }
}

/// Packing effort, 1 to 9.
const LEVEL: u32 = 1;

thread_local! {
    /// Setting up a packer costs as much as packing a small tile, so each thread keeps one.
    static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(LEVEL), false));
}

/// A gzip member (RFC 1952) without name or time, so that equal bytes pack to equal bytes.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(bytes);
    // Deflate adds five bytes for each 16 kB at most; head and foot are 18.
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 1000 + 64);
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        loop {
            let done = packer.total_in() as usize;
            let status = packer.compress_vec(&bytes[done..], &mut out, FlushCompress::Finish);
            match status.expect("packing from memory to memory") {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError => out.reserve(bytes.len() / 2 + 1024),
            }
        }
    });
    out.extend_from_slice(&crc.sum().to_le_bytes());
    // The format counts modulo 2^32.
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out
}

struct Entry {
    tile: Arc<Tile>,
    /// The newest revision the tile is known to be true at.
    true_at: Revision,
}

/// A build under way, and its result for those who wait.
#[derive(Default)]
struct Flight {
    state: Mutex<Landing>,
    landed: Condvar,
}

#[derive(Clone, Default)]
enum Landing {
    #[default]
    Under,
    Done(Arc<Tile>, Revision),
    /// The builder panicked: somebody else must try.
    Lost,
}

struct Shelf {
    entries: LruCache<TileKey, Entry>,
    n_bytes: usize,
    flights: HashMap<TileKey, Arc<Flight>>,
}

/// Bounded by bytes; see the module.
pub struct TileCache {
    shelves: Vec<Mutex<Shelf>>,
    bytes_a_shelf: usize,
    hashes: std::hash::RandomState,
}

/// What an entry costs beside its bytes, about.
const OVERHEAD: usize = 256;
const N_SHELVES: usize = 16;

/// A lock whose holder panicked still holds whole values: every change below is a single step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a tile true at `true_at` is true in `world`.
fn is_fresh(world: &World, key: &TileKey, true_at: Revision) -> bool {
    let extent = Frame::new(key.tile).extent;
    let reads = key.layers.reads(key.tile.z());
    true_at >= world.revision()
        || !match key.at {
            None => world.touched_since(true_at, &extent, reads, key.plan),
            Some(_) => world.touched_on_a_day_since(true_at, &extent, reads),
        }
}

impl TileCache {
    /// A cache of at most `capacity` bytes, more or less.
    pub fn new(capacity: NonZeroUsize) -> Self {
        let shelf =
            || Shelf { entries: LruCache::unbounded(), n_bytes: 0, flights: HashMap::new() };
        Self {
            shelves: (0..N_SHELVES).map(|_| Mutex::new(shelf())).collect(),
            bytes_a_shelf: capacity.get().div_ceil(N_SHELVES),
            hashes: std::hash::RandomState::new(),
        }
    }

    /// The tile if it is held and fresh. Never builds, never waits for a build.
    pub fn peek(&self, world: &World, key: &TileKey) -> Option<Arc<Tile>> {
        Self::held(&mut locked(self.shelf(key)), world, key)
    }

    /// The tile, held or built now by this thread or by one that is at it. Blocks.
    pub fn get(&self, world: &World, key: &TileKey) -> Arc<Tile> {
        loop {
            let flight = {
                let mut shelf = locked(self.shelf(key));
                if let Some(tile) = Self::held(&mut shelf, world, key) {
                    return tile;
                }
                match shelf.flights.get(key) {
                    Some(flight) => Arc::clone(flight),
                    None => {
                        shelf.flights.insert(*key, Arc::default());
                        drop(shelf);
                        return self.fly(world, key);
                    }
                }
            };
            let mut state = locked(&flight.state);
            while matches!(*state, Landing::Under) {
                state = flight.landed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if let Landing::Done(tile, built_at) = &*state
                && is_fresh(world, key, *built_at)
            {
                return Arc::clone(tile);
            }
            // Built from an older world than ours, or lost: look again.
        }
    }

    /// Bytes held now, about.
    pub fn n_bytes(&self) -> usize {
        self.shelves.iter().map(|shelf| locked(shelf).n_bytes).sum()
    }

    fn shelf(&self, key: &TileKey) -> &Mutex<Shelf> {
        // Taken modulo sixteen.
        &self.shelves[self.hashes.hash_one(key) as usize % N_SHELVES]
    }

    fn held(shelf: &mut Shelf, world: &World, key: &TileKey) -> Option<Arc<Tile>> {
        let entry = shelf.entries.get_mut(key)?;
        if !is_fresh(world, key, entry.true_at) {
            return None;
        }
        entry.true_at = entry.true_at.max(world.revision());
        Some(Arc::clone(&entry.tile))
    }

    /// Builds, stores and tells those who wait, also when the build panics.
    fn fly(&self, world: &World, key: &TileKey) -> Arc<Tile> {
        let mut landing = Lander { cache: self, key: *key, result: Landing::Lost };
        let bytes = build(world, key.plan, key.layers, key.tile);
        let tile = Arc::new(Tile::new(&bytes));
        landing.result = Landing::Done(Arc::clone(&tile), world.revision());
        tile
    }

    fn land(&self, key: &TileKey, result: Landing) {
        let mut shelf = locked(self.shelf(key));
        if let Landing::Done(tile, built_at) = &result {
            self.put(&mut shelf, key, tile, *built_at);
        }
        let flight = shelf.flights.remove(key);
        drop(shelf);
        if let Some(flight) = flight {
            *locked(&flight.state) = result;
            flight.landed.notify_all();
        }
    }

    fn put(&self, shelf: &mut Shelf, key: &TileKey, tile: &Arc<Tile>, built_at: Revision) {
        if shelf.entries.peek(key).is_some_and(|entry| entry.true_at > built_at) {
            return;
        }
        let cost = |tile: &Tile| tile.gzip.len() + OVERHEAD;
        let entry = Entry { tile: Arc::clone(tile), true_at: built_at };
        shelf.n_bytes += cost(tile);
        if let Some(old) = shelf.entries.put(*key, entry) {
            shelf.n_bytes -= cost(&old.tile);
        }
        while shelf.n_bytes > self.bytes_a_shelf {
            let Some((_, oldest)) = shelf.entries.pop_lru() else { break };
            shelf.n_bytes -= cost(&oldest.tile);
        }
    }
}

/// Lands a flight when dropped, whatever became of it.
struct Lander<'a> {
    cache: &'a TileCache,
    key: TileKey,
    result: Landing,
}

impl Drop for Lander<'_> {
    fn drop(&mut self) {
        self.cache.land(&self.key, std::mem::take(&mut self.result));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(x: u32) -> TileKey {
        let tile = TileId::new(14, x, 6_262).unwrap();
        TileKey { plan: PlanChoice::Current, at: None, layers: Layers::ALL, tile }
    }

    #[test]
    fn packing_is_undone() {
        for n in [0usize, 1, 500, 100_000] {
            let noise = (0..n).map(|i| (i * 7919 % 251) as u8 ^ (i / 13) as u8);
            let bytes: Vec<u8> = noise.collect();
            let tile = Tile::new(&bytes);
            assert_eq!(tile.plain(), bytes);
            assert_eq!(tile.is_empty(), n == 0);
            assert_eq!(tile, Tile::new(&bytes));
        }
        assert_ne!(Tile::new(b"a").etag, Tile::new(b"b").etag);
    }

    #[test]
    fn a_full_cache_lets_go() {
        let cache = TileCache::new(NonZeroUsize::new(N_SHELVES * 1000).unwrap());
        let world = World::default();
        for x in 0..500 {
            cache.get(&world, &key(x));
        }
        assert!(cache.n_bytes() <= N_SHELVES * 1000);
        assert!(cache.peek(&world, &key(499)).is_some());
        assert!(cache.peek(&world, &key(0)).is_none());
    }

    #[test]
    fn an_older_build_never_wins() {
        let cache = TileCache::new(NonZeroUsize::new(1 << 20).unwrap());
        let world = World::default();
        let (newer, older) = (Tile::new(b"newer"), Tile::new(b"older"));
        cache.land(&key(1), Landing::Done(Arc::new(newer.clone()), Revision(7)));
        cache.land(&key(1), Landing::Done(Arc::new(older), Revision(6)));
        assert_eq!(*cache.get(&world, &key(1)), newer);
    }

    #[test]
    fn a_lost_build_is_tried_again() {
        let cache = TileCache::new(NonZeroUsize::new(1 << 20).unwrap());
        let world = World::default();
        locked(cache.shelf(&key(1))).flights.insert(key(1), Arc::default());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| cache.get(&world, &key(1)));
            cache.land(&key(1), Landing::Lost);
            assert!(waiting.join().unwrap().is_empty());
        });
    }
}
