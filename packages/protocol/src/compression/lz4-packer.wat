;; Packs one LZ4 block of at most 64 KiB: greedy, with one table of what four bytes were seen where (2^13 places of 16 bits).
;; Source: the LZ4 block format description. Assembled into generated/lz4-packer.ts by `npm run gen`.
;;
;; Memory: the table at 0, the input at 16384, the output at 98304. What does not pack takes 65809 bytes; up to 8 bytes more are written, and read behind the input.
(module
  (memory (export "memory") 3)
  (global $IN i32 (i32.const 16384))
  (global $OUT i32 (i32.const 98304))

  ;; Where in the table the four bytes at $at have their place.
  (func $slotOf (param $at i32) (result i32)
    (i32.shl
      (i32.shr_u (i32.mul (i32.load align=1 (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 19))
      (i32.const 1)))

  ;; What of a length does not fit the token's four bits. Returns where it ended.
  (func $putLength (param $out i32) (param $rest i32) (result i32)
    (loop $more
      (if (i32.ge_u (local.get $rest) (i32.const 255))
        (then
          (i32.store8 (local.get $out) (i32.const 255))
          (local.set $out (i32.add (local.get $out) (i32.const 1)))
          (local.set $rest (i32.sub (local.get $rest) (i32.const 255)))
          (br $more))))
    (i32.store8 (local.get $out) (local.get $rest))
    (i32.add (local.get $out) (i32.const 1)))

  ;; A token with its literals' length. Returns where it ended.
  (func $putLiteralLength (param $token i32) (param $length i32) (result i32)
    (if (result i32) (i32.ge_u (local.get $length) (i32.const 15))
      (then
        (i32.store8 (local.get $token) (i32.const 0xf0))
        (call $putLength (i32.add (local.get $token) (i32.const 1)) (i32.sub (local.get $length) (i32.const 15))))
      (else
        (i32.store8 (local.get $token) (i32.shl (local.get $length) (i32.const 4)))
        (i32.add (local.get $token) (i32.const 1)))))

  ;; Packs the $bytes bytes of the input. Returns how many bytes of output that gave.
  (func (export "pack") (param $bytes i32) (result i32)
    (local $end i32) (local $at i32) (local $anchor i32) (local $out i32) (local $token i32)
    (local $match i32) (local $slot i32) (local $nextSlot i32) (local $next i32) (local $step i32) (local $searches i32)
    (local $lastStart i32) (local $matchEnd i32) (local $length i32) (local $from i32) (local $to i32) (local $differing i64)
    (local.set $end (i32.add (global.get $IN) (local.get $bytes)))
    (local.set $out (global.get $OUT))
    (local.set $anchor (global.get $IN))
    (block $done
      ;; A block ends in literals: the last match starts 12 bytes before the end at least, and stops 5 before it.
      (br_if $done (i32.lt_u (local.get $bytes) (i32.const 13)))
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 16384))
      (local.set $lastStart (i32.sub (local.get $end) (i32.const 12)))
      (local.set $matchEnd (i32.sub (local.get $end) (i32.const 5)))
      (local.set $at (i32.add (global.get $IN) (i32.const 1)))
      (local.set $nextSlot (call $slotOf (local.get $at)))
      (loop $outer
        (local.set $next (local.get $at))
        (local.set $step (i32.const 1))
        (local.set $searches (i32.const 64))
        (loop $search
          (local.set $at (local.get $next))
          (local.set $slot (local.get $nextSlot))
          (local.set $next (i32.add (local.get $at) (local.get $step)))
          ;; The longer nothing is found, the larger the steps.
          (local.set $step (i32.shr_u (local.get $searches) (i32.const 6)))
          (local.set $searches (i32.add (local.get $searches) (i32.const 1)))
          (br_if $done (i32.gt_u (local.get $next) (local.get $lastStart)))
          (local.set $match (i32.add (global.get $IN) (i32.load16_u (local.get $slot))))
          (local.set $nextSlot (call $slotOf (local.get $next)))
          (i32.store16 (local.get $slot) (i32.sub (local.get $at) (global.get $IN)))
          (br_if $search (i32.ne (i32.load align=1 (local.get $match)) (i32.load align=1 (local.get $at)))))
        ;; A match may begin before the place where it was noticed.
        (block $caught
          (loop $back
            (br_if $caught (i32.le_u (local.get $at) (local.get $anchor)))
            (br_if $caught (i32.le_u (local.get $match) (global.get $IN)))
            (br_if $caught
              (i32.ne
                (i32.load8_u (i32.sub (local.get $at) (i32.const 1)))
                (i32.load8_u (i32.sub (local.get $match) (i32.const 1)))))
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (local.set $match (i32.sub (local.get $match) (i32.const 1)))
            (br $back)))
        (local.set $length (i32.sub (local.get $at) (local.get $anchor)))
        (local.set $token (local.get $out))
        (local.set $out (call $putLiteralLength (local.get $token) (local.get $length)))
        (local.set $from (local.get $anchor))
        (local.set $to (local.get $out))
        (local.set $out (i32.add (local.get $out) (local.get $length)))
        ;; Eight bytes at a time; what is too many is written over.
        (loop $copy
          (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 8)))
          (local.set $to (i32.add (local.get $to) (i32.const 8)))
          (br_if $copy (i32.lt_u (local.get $to) (local.get $out))))
        ;; The distance and the length of the match; then, as long as one match follows the other without literals between them, the next.
        (loop $sequence
          (i32.store16 align=1 (local.get $out) (i32.sub (local.get $at) (local.get $match)))
          (local.set $out (i32.add (local.get $out) (i32.const 2)))
          (local.set $from (i32.add (local.get $at) (i32.const 4)))
          (local.set $to (i32.add (local.get $match) (i32.const 4)))
          (block $counted
            (block $tail
              (loop $eight
                (br_if $tail (i32.gt_u (i32.add (local.get $from) (i32.const 8)) (local.get $matchEnd)))
                (local.set $differing (i64.xor (i64.load align=1 (local.get $from)) (i64.load align=1 (local.get $to))))
                (if (i64.ne (local.get $differing) (i64.const 0))
                  (then
                    (local.set $from (i32.add (local.get $from) (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $differing)) (i64.const 3)))))
                    (br $counted)))
                (local.set $from (i32.add (local.get $from) (i32.const 8)))
                (local.set $to (i32.add (local.get $to) (i32.const 8)))
                (br $eight)))
            (loop $one
              (br_if $counted (i32.ge_u (local.get $from) (local.get $matchEnd)))
              (br_if $counted (i32.ne (i32.load8_u (local.get $from)) (i32.load8_u (local.get $to))))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (br $one)))
          (local.set $length (i32.sub (i32.sub (local.get $from) (local.get $at)) (i32.const 4)))
          (local.set $at (local.get $from))
          (local.set $anchor (local.get $from))
          (if (i32.ge_u (local.get $length) (i32.const 15))
            (then
              (i32.store8 (local.get $token) (i32.or (i32.load8_u (local.get $token)) (i32.const 15)))
              (local.set $out (call $putLength (local.get $out) (i32.sub (local.get $length) (i32.const 15)))))
            (else
              (i32.store8 (local.get $token) (i32.or (i32.load8_u (local.get $token)) (local.get $length)))))
          (br_if $done (i32.gt_u (local.get $at) (local.get $lastStart)))
          (i32.store16
            (call $slotOf (i32.sub (local.get $at) (i32.const 2)))
            (i32.sub (i32.sub (local.get $at) (i32.const 2)) (global.get $IN)))
          (local.set $slot (call $slotOf (local.get $at)))
          (local.set $match (i32.add (global.get $IN) (i32.load16_u (local.get $slot))))
          (i32.store16 (local.get $slot) (i32.sub (local.get $at) (global.get $IN)))
          (if (i32.eq (i32.load align=1 (local.get $match)) (i32.load align=1 (local.get $at)))
            (then
              (local.set $token (local.get $out))
              (i32.store8 (local.get $token) (i32.const 0))
              (local.set $out (i32.add (local.get $out) (i32.const 1)))
              (br $sequence))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $nextSlot (call $slotOf (local.get $at)))
        (br $outer)))
    (local.set $length (i32.sub (local.get $end) (local.get $anchor)))
    (local.set $out (call $putLiteralLength (local.get $out) (local.get $length)))
    (memory.copy (local.get $out) (local.get $anchor) (local.get $length))
    (i32.sub (i32.add (local.get $out) (local.get $length)) (global.get $OUT)))
)
