;; Unpacks one LZ4 block. Source: the LZ4 block format description. Assembled into generated/lz4-unpacker.ts by `npm run gen`.
(module
  (memory (export "memory") 3)

  ;; Unpacks what lies from $from to $end to where $to points, not beyond $limit; matches reach back to $base. Returns where it ended, or a fault below 0:
  ;; -1 no last sequence, -2 cut length, -3 cut literals, -4 more bytes than allowed, -5 cut distance, -6 a match before the start.
  ;; Up to 16 bytes behind what was unpacked are written, and read behind the input.
  (func (export "unpack") (param $from i32) (param $end i32) (param $to i32) (param $base i32) (param $limit i32) (result i32)
    (local $token i32) (local $length i32) (local $more i32) (local $stop i32) (local $source i32)
    (loop $sequence
      (if (i32.ge_u (local.get $from) (local.get $end)) (then (return (i32.const -1))))
      (local.set $token (i32.load8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $length (i32.shr_u (local.get $token) (i32.const 4)))
      (if (i32.eq (local.get $length) (i32.const 15))
        (then
          (loop $long
            (if (i32.ge_u (local.get $from) (local.get $end)) (then (return (i32.const -2))))
            (local.set $more (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $length (i32.add (local.get $length) (local.get $more)))
            (br_if $long (i32.eq (local.get $more) (i32.const 255))))))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $from))) (then (return (i32.const -3))))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $limit) (local.get $to))) (then (return (i32.const -4))))
      (local.set $stop (i32.add (local.get $to) (local.get $length)))
      (local.set $source (local.get $from))
      (local.set $from (i32.add (local.get $from) (local.get $length)))
      ;; Sixteen bytes at a time; what is too many is written over.
      (loop $literals
        (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $source)))
        (i64.store offset=8 align=1 (local.get $to) (i64.load offset=8 align=1 (local.get $source)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $source (i32.add (local.get $source) (i32.const 16)))
        (br_if $literals (i32.lt_u (local.get $to) (local.get $stop))))
      (local.set $to (local.get $stop))
      ;; The last sequence has no match.
      (if (i32.eq (local.get $from) (local.get $end)) (then (return (local.get $to))))
      (if (i32.gt_u (i32.add (local.get $from) (i32.const 2)) (local.get $end)) (then (return (i32.const -5))))
      (local.set $more (i32.load16_u align=1 (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 2)))
      (local.set $length (i32.and (local.get $token) (i32.const 15)))
      (if (i32.eq (local.get $length) (i32.const 15))
        (then
          (loop $long
            (if (i32.ge_u (local.get $from) (local.get $end)) (then (return (i32.const -2))))
            (local.set $token (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $length (i32.add (local.get $length) (local.get $token)))
            (br_if $long (i32.eq (local.get $token) (i32.const 255))))))
      (local.set $length (i32.add (local.get $length) (i32.const 4)))
      (if (i32.eqz (local.get $more)) (then (return (i32.const -6))))
      (if (i32.gt_u (local.get $more) (i32.sub (local.get $to) (local.get $base))) (then (return (i32.const -6))))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $limit) (local.get $to))) (then (return (i32.const -4))))
      (local.set $source (i32.sub (local.get $to) (local.get $more)))
      (local.set $stop (i32.add (local.get $to) (local.get $length)))
      ;; A match that is nearer repeats what it has just written, so it must go byte by byte.
      (if (i32.ge_u (local.get $more) (i32.const 8))
        (then
          (loop $match
            (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $source)))
            (local.set $to (i32.add (local.get $to) (i32.const 8)))
            (local.set $source (i32.add (local.get $source) (i32.const 8)))
            (br_if $match (i32.lt_u (local.get $to) (local.get $stop)))))
        (else
          (loop $bytes
            (i32.store8 (local.get $to) (i32.load8_u (local.get $source)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (local.set $source (i32.add (local.get $source) (i32.const 1)))
            (br_if $bytes (i32.lt_u (local.get $to) (local.get $stop))))))
      (local.set $to (local.get $stop))
      (br $sequence))
    (i32.const -1))
)
