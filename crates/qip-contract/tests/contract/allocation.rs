//! An allocator that counts, each thread for itself, so that tests can say what
//! reading a module costs without looking at a clock.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What one piece of work allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// The most bytes that were allocated at once, above what was there before.
    pub(crate) peak: usize,
    /// How often memory was asked for.
    pub(crate) count: usize,
}

/// Runs `work` and says what it allocated on this thread.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = LIVE.get();
    PEAK.set(before);
    COUNT.set(0);
    let result = work();
    let cost = Cost {
        peak: usize::try_from(PEAK.get() - before).unwrap_or(0),
        count: COUNT.get(),
    };
    (result, cost)
}

thread_local! {
    /// Signed: what one thread allocated another may free.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn note(change: isize) {
    let live = LIVE.get() + change;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
    COUNT.set(COUNT.get() + usize::from(change > 0));
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: every call goes to the system's allocator unchanged; the counters are
// plain thread-local cells without a destructor, which neither allocate nor unwind.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size().cast_signed());
        // SAFETY: as the caller promises for this very call.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size().cast_signed());
        // SAFETY: as the caller promises for this very call.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        note(-layout.size().cast_signed());
        // SAFETY: as the caller promises for this very call.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // For a moment both may be there.
        note(new_size.cast_signed());
        note(-layout.size().cast_signed());
        // SAFETY: as the caller promises for this very call.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[test]
fn the_counter_counts() {
    let (_, nothing) = cost(|| 1 + 1);
    assert_eq!(nothing, Cost { peak: 0, count: 0 });
    let (_, both) = cost(|| {
        drop(vec![0_u8; 1000]);
        vec![0_u8; 3000]
    });
    assert_eq!(
        both,
        Cost {
            peak: 3000,
            count: 2
        }
    );
}
