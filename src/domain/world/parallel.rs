//! The same work on many things, on all cores.

/// `work` on all cores, results in the order of the work. Small batches stay on this thread.
pub(in crate::domain) fn in_parallel<T: Sync, R: Send>(
    work: &[T],
    one: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    if work.len() < 2 * n_threads || n_threads == 1 {
        return work.iter().map(one).collect();
    }
    let chunk = work.len().div_ceil(n_threads * 8);
    let next_chunk = std::sync::atomic::AtomicUsize::new(0);
    let chunks: Vec<&[T]> = work.chunks(chunk).collect();
    let worker = || {
        let mut done = Vec::new();
        loop {
            let idx = next_chunk.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(items) = chunks.get(idx) else { return done };
            done.push((idx, items.iter().map(&one).collect::<Vec<R>>()));
        }
    };
    let mut results: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(worker)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("workers do not panic"))
            .collect()
    });
    results.sort_by_key(|(idx, _)| *idx);
    results.into_iter().flat_map(|(_, chunk)| chunk).collect()
}

/// Two different pieces of work side by side.
pub(super) fn both<A: Send, B>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().expect("workers do not panic"), other)
    })
}
