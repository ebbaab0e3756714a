//! luhn: is the check digit of a number right? (ISO/IEC 7812-1 annex B)
//!
//! The answer is a scalar: 1 if it is, else 0, also of an empty input. Anything but digits
//! traps.

const qip = @import("qip.zig");

pub const panic = qip.panic;

comptime {
    qip.content(.{ .input = .{ .utf8 = 1 << 16 }, .output = .scalar }, luhn);
}

fn luhn(input: []const u8) i32 {
    var sum: u32 = 0;
    var is_doubled = false;
    var i = input.len;
    while (i > 0) : (is_doubled = !is_doubled) {
        i -= 1;
        var digit: u32 = input[i] -% '0';
        if (digit > 9) @trap();
        if (is_doubled) digit = if (digit > 4) 2 * digit - 9 else 2 * digit;
        sum += digit;
    }
    return @intFromBool(input.len > 0 and sum % 10 == 0);
}
