//! Tasks on some threads, their results in the order of the tasks.
//!
//! **Why** tasks take no notice of who runs them: which thread got which task depends on the moment, and
//! a division must not.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Results of `work` on each task. `n_threads` of 0 counts as 1.
pub(super) fn each<T: Sync, R: Send>(
    n_threads: usize,
    tasks: &[T],
    work: impl Fn(usize, &T) -> R + Sync,
) -> Vec<R> {
    if n_threads <= 1 || tasks.len() <= 1 {
        return tasks.iter().enumerate().map(|(at, task)| work(at, task)).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<R>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..n_threads.min(tasks.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(at) else { return };
                    let result = work(at, task);
                    *done[at].lock().expect("nobody panics with it") = Some(result);
                }
            });
        }
    });
    let results = done.into_iter().map(|one| one.into_inner().expect("nobody panics with it"));
    results.map(|result| result.expect("every task was done")).collect()
}
