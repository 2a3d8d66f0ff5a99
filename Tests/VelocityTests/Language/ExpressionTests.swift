import Testing

@testable import Velocity

@Suite struct ExpressionTests {
    private func value(_ expression: String) -> String {
        render("#set($s = \"str\")#set($one = 1)#set($d = 1.0)#set($l = [1, 2, 3])#set($x = \(expression))$x")
    }

    @Test(arguments: [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 2", "-1"), ("7 / 0", ""),
        ("7.0 / 2", "3.5"), ("1 / 3.0", "0.3333333333333333"), ("0.1 + 0.2", "0.30000000000000004"), ("7.5 % 2", "1.5"),
        ("1 - -1", "2"), ("2*-1", "-2"), ("$one+1", "2"), ("$l.size() - 1", "2"), ("\"a\" + 1 + 2", "a12"),
        ("1 + 2 + \"a\"", "3a"),
        ("$s + $s", "strstr"), ("\"a\" + $l", "a[1, 2, 3]"), ("$u + \"b\"", "b"), ("$l + 1", ""), ("$u + 1", ""),
        ("1 / 0.0", ""),
        ("2147483647 + 1", "2147483648"), ("9223372036854775807 + 1", "9223372036854775808"),
        ("9223372036854775807 * 2", "18446744073709551614"), ("12345678901234567890 / 7", "1763668414462081127"),
        ("12345678901234567890 - 12345678901234567891", "-1"), ("12345678901234567890 / 0.5", "24691357802469135780"),
        ("12345678901234567890 + 0.1", "12345678901234567890.1000000000000000055511151231257827021181583404541015625"),
        ("1e3", "1000.0"), (".5", "0.5"), ("1.", "1.0"),
        ("1.50", "1.5"),
        ("1.0E-5 * 1", "1.0E-5"), ("1e10 * 1", "1.0E10"), ("123456789.0", "1.23456789E8"), ("0.001 * 1", "0.001"),
        ("100.0 * 100000", "1.0E7"), ("1000000.5 * 1", "1000000.5"),
    ])
    func `Numbers reckon as in Velocity`(expression: String, result: String) { #expect(value(expression) == result) }

    @Test(arguments: [
        "1-1", "$l.size()-1", "1 -1", "- 1", "-$one", "1.5.5", "null", "foo", "[ ]", "[1,]", "{\"a\":1,}", "{a:1}",
    ])
    func `What Velocity 1.7 does not read is an error`(expression: String) {
        #expect(failure("#set($one = 1)#set($l = [1])#set($x = \(expression))$x") != nil)
    }

    @Test(arguments: [
        ("$d == 1", true), ("\"1\" == 1", true), ("1 == 1.0", true), ("$s == \"str\"", true), ("$s eq 'str'", true),
        ("$s != 'x'", true),
        ("$s ne 'str'", false), ("1 < 2", true), ("1 lt 2 && 3 gt 2", true), ("2 <= 2", true), ("2 ge 3", false),
        ("$s > 1", false),
        ("$u < 1", false), ("true == \"true\"", true), ("$l == [1, 2, 3]", true), ("{\"a\": 1} == {\"a\": 1}", true),
        ("[] == \"\"", false),
        ("$u == $null", true), ("$u == \"\"", true), ("\"\" == $u", true), ("$u == \"a\"", false),
        ("[] == $null", false),
        ("1 == 1 == true", true), ("3000000000 == 3000000000.0", true), ("10000000000000000000 > 9", true),
    ])
    func `Comparisons`(expression: String, holds: Bool) { #expect(value(expression) == (holds ? "true" : "false")) }

    @Test(arguments: [
        ("\"a\"\"b\"", "a\"b"), ("'a''b'", "a'b"), ("'$s'", "$s"), ("\"$s\"", "str"), ("\"<$s.length()>\"", "<3>"),
        ("\"\"\"\"", "\""), ("''''", "'"),
        ("\"\\u0041\"", "A"), ("\"\\ud83d\\ude00\"", "😀"), ("'\\u0041'", "\\u0041"), ("\"\\n\"", "\\n"),
        ("\"\\\\'\"", "\\\\'"), ("\"$\"", "$"), ("\"#\"", "#"),
        ("\"a$\"", "a$"), ("\"$.a.b\"", "$.a.b"), ("\"$s#if(true)y#end\"", "stry"),
        ("\"$s.concat(\"\"z\"\")\"", "strz"),
        ("\"$s.length() ${s}b ## d\"", "3 strb "), ("\"\\$s\"", "$s"), ("\"a\nb\"", "a\nb"),
        ("\"#foreach($i in [1, 2])$i#end\"", "12"), ("\"\"", ""),
    ])
    func `Strings`(expression: String, text: String) { #expect(value(expression) == text) }

    @Test(
        arguments: [
            ("[1, \"a\", $one]", "[1, a, 1]"), ("[]", "[]"), ("[1..3]", "[1, 2, 3]"), ("[3..1]", "[3, 2, 1]"),
            ("[-1..1]", "[-1, 0, 1]"),
            ("[ $one..3 ]", "[1, 2, 3]"), ("[1..$u]", ""), ("{}", "{}"), ("{ }", "{}"),
            ("{\"a\" : \"b\" , 'c' :[1, 2]}", "{a=b, c=[1, 2]}"),
            ("[[1, 2], [3]]", "[[1, 2], [3]]"), ("{\"x\": {\"y\": [1, {\"z\": 2}]}}", "{x={y=[1, {z=2}]}}"),
            ("[$u, null1]", nil), ("[$u]", "[null]"),
        ] as [(String, String?)])
    func `Lists and maps`(expression: String, text: String?) {
        if let text { #expect(value(expression) == text) } else { #expect(failure("#set($x = \(expression))") != nil) }
    }

    @Test func `A range that becomes a list is bounded`() {
        #expect(failure("#set($x = [1..2000000000])")?.message == "a range has at most 100000 elements")
        #expect(render("#set($n = 0)#foreach($i in [1..2000000000])#set($n = $i)#end$n") == "1000")
    }
}
