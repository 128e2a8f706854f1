;; Finds and names the header lines of a SIP head, sixteen octets at a time. The caller is scan-lines.ts; it fills the
;; tables and says there how the compiled form of this file is made.
;;
;; Memory, in octets:
;;   0        the head, and behind it a NUL and at least 32 octets to read on
;;   0x14000  cells, four octets each: what is found (see received-lines.ts)
;;   0x18000  256: 1 for each octet that a token may hold
;;   0x18100  1024: by slot of a name, the number of the first name in it; 0 for none
;;   0x18500  256: by number, the next number in the same slot
;;   0x18600  256: by number, the id of the header
;;   0x18800  33 masks of 32: as many octets of ones as the mask has in its index
;;   0x19000  256 names of 32, in lower case: by number
(module
  (memory (export "memory") 2)

  ;; Index of the first control character (below 0x20) from $at on. The NUL behind the head ends the search.
  (func $control (param $at i32) (result i32)
    (local $found i32)
    (loop $next
      (local.set $found
        (i8x16.bitmask (i8x16.lt_u (v128.load align=1 (local.get $at)) (i8x16.splat (i32.const 0x20)))))
      (if (i32.eqz (local.get $found))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $next))))
    (i32.add (local.get $at) (i32.ctz (local.get $found))))

  ;; Length of the name that starts at $at, which ends with a colon; 32 and more for a longer one.
  (func $nameLength (param $at i32) (result i32)
    (i32.ctz
      (i32.or
        (i8x16.bitmask (i8x16.eq (v128.load align=1 (local.get $at)) (i8x16.splat (i32.const 0x3a))))
        (i32.shl
          (i8x16.bitmask (i8x16.eq (v128.load offset=16 align=1 (local.get $at)) (i8x16.splat (i32.const 0x3a))))
          (i32.const 16)))))

  ;; Id of the name at $at, in any case; 0 for one that is not in the table.
  (func $id (param $at i32) (param $length i32) (result i32)
    (local $first v128) (local $second v128) (local $number i32) (local $mask i32) (local $name i32)
    (local.set $mask (i32.shl (local.get $length) (i32.const 5)))
    (local.set $first
      (v128.and
        (v128.or (v128.load align=1 (local.get $at)) (i8x16.splat (i32.const 0x20)))
        (v128.load offset=0x18800 (local.get $mask))))
    (local.set $second
      (v128.and
        (v128.or (v128.load offset=16 align=1 (local.get $at)) (i8x16.splat (i32.const 0x20)))
        (v128.load offset=0x18810 (local.get $mask))))
    ;; The slot: length * 37 + first octet * 11 + last octet, modulo 1024.
    (local.set $number
      (i32.load8_u offset=0x18100
        (i32.and
          (i32.add
            (i32.add
              (i32.mul (local.get $length) (i32.const 37))
              (i32.mul (i8x16.extract_lane_u 0 (local.get $first)) (i32.const 11)))
            (i32.or
              (i32.load8_u (i32.sub (i32.add (local.get $at) (local.get $length)) (i32.const 1)))
              (i32.const 0x20)))
          (i32.const 1023))))
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $number)))
        (local.set $name (i32.shl (local.get $number) (i32.const 5)))
        (if
          (i32.eqz
            (v128.any_true
              (v128.or
                (v128.xor (local.get $first) (v128.load offset=0x19000 (local.get $name)))
                (v128.xor (local.get $second) (v128.load offset=0x19010 (local.get $name))))))
          (then (return (i32.load8_u offset=0x18600 (local.get $number)))))
        (local.set $number (i32.load8_u offset=0x18500 (local.get $number)))
        (br $next)))
    (i32.const 0))

  ;; Whether all octets of $at to $end are those of tokens.
  (func $isToken (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.eq (local.get $at) (local.get $end)) (then (return (i32.const 1))))
      (if (i32.eqz (i32.load8_u offset=0x18000 (i32.load8_u (local.get $at)))) (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; The cell of the header line at $start: start, length of the name << 17, id << 24; -1 where it is not regular.
  (func $cell (param $start i32) (param $end i32) (result i32)
    (local $length i32) (local $id i32)
    (local.set $length (call $nameLength (local.get $start)))
    (if
      (i32.or
        (i32.eqz (local.get $length))
        (i32.or
          (i32.gt_u (local.get $length) (i32.const 31))
          (i32.ge_u (i32.add (local.get $start) (local.get $length)) (local.get $end))))
      (then (return (i32.const -1))))
    (local.set $id (call $id (local.get $start) (local.get $length)))
    (if (i32.eqz (local.get $id))
      (then
        (if
          (i32.eqz (call $isToken (local.get $start) (i32.add (local.get $start) (local.get $length))))
          (then (return (i32.const -1))))))
    (i32.or
      (local.get $start)
      (i32.or (i32.shl (local.get $length) (i32.const 17)) (i32.shl (local.get $id) (i32.const 24)))))

  ;; Fills the cells: the start line, the header lines, the empty line. Returns how many they are; -1 for a head that is
  ;; not regular, has no end before $length, or more than $most cells.
  (func (export "scan") (param $length i32) (param $most i32) (result i32)
    (local $start i32) (local $end i32) (local $count i32) (local $cell i32) (local $octet i32)
    (loop $next
      (local.set $end (call $control (local.get $start)))
      ;; Control characters other than CR and LF end no line: the search goes on behind them.
      (block $found
        (loop $further
          (if (i32.ge_u (local.get $end) (local.get $length)) (then (return (i32.const -1))))
          (local.set $octet (i32.load8_u (local.get $end)))
          (br_if $found (i32.eq (local.get $octet) (i32.const 0x0d)))
          (if (i32.eq (local.get $octet) (i32.const 0x0a)) (then (return (i32.const -1))))
          (local.set $end (call $control (i32.add (local.get $end) (i32.const 1))))
          (br $further)))
      (if
        (i32.or
          (i32.ne (i32.load8_u offset=1 (local.get $end)) (i32.const 0x0a))
          (i32.ge_u (local.get $count) (local.get $most)))
        (then (return (i32.const -1))))
      (local.set $cell (local.get $start))
      (if
        (i32.and (i32.ne (local.get $count) (i32.const 0)) (i32.ne (local.get $start) (local.get $end)))
        (then
          ;; A line that starts with a blank continues this one.
          (local.set $octet (i32.load8_u offset=2 (local.get $end)))
          (if
            (i32.or (i32.eq (local.get $octet) (i32.const 0x20)) (i32.eq (local.get $octet) (i32.const 0x09)))
            (then (return (i32.const -1))))
          (local.set $cell (call $cell (local.get $start) (local.get $end)))
          (if (i32.lt_s (local.get $cell) (i32.const 0)) (then (return (i32.const -1))))))
      (i32.store offset=0x14000 (i32.shl (local.get $count) (i32.const 2)) (local.get $cell))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (if (i32.eq (local.get $start) (local.get $end)) (then (return (local.get $count))))
      (local.set $start (i32.add (local.get $end) (i32.const 2)))
      (br $next))
    (unreachable)))
