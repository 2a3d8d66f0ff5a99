import Testing

@testable import Velocity

/// Text right beside references and directives, as Apache Velocity 1.7 renders it.
@Suite struct OddityTests {
    @Test(arguments: [
        ("$s{abc}", "str{"), ("$s{abc}x", "str{x"), ("$s{ abc}", "str{ abc}"), ("$s{\"a\":1}", "str{\"a\":1}"),
        ("$m.b{a.b}z", "x{z"), ("$s.length()abc.def", "3abc"), ("$s.length()abc def", "3abc def"), ("$l[0]a.b", "1a"),
        ("$s.length(){abc}z", "3{z"), ("$s.length()abc[0]z", "3abcz"), ("$s.length()_x", "3_x"), ("$s.length(){", "3{"),
        ("$s.length()a.b(1)", "3a"), ("${s.length()}abc.def", "3abc.def"), ("${s}{a}", "str{a}"), ("$s{{a}b", "str{{b"),
        ("{\"a\": $s.length()}", "{\"a\": 3}"), ("$s.length()a$s", "3astr"), ("\\$s.length()a.b", "$s.length()a"),
        ("$s.length()#set($q = 1)abc.def", "3abc"),
    ])
    func `A name or brace at the end of a reference`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        ("$m.b## c", "x## c"), ("$m.b #* c *#d", "x d"), ("$s.length()## c", "3"), ("$s## c", "str"),
        ("$l[0]## c", "1"),
        ("$m.b[0]## c", "## c"), ("${m.b}## c", "x"), ("$m.b#set($q = 1)## c", "x## c"),
    ])
    func `A comment right behind a property is text`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        ("$#if(true)x#end", "x"), ("#if(true)$#end", ""), ("#if(true)$!#end", ""), ("$$#if(true)x#end", "x"),
        ("#if(true)$ #end", "$ "), ("$ #set($q = 1)x", "x"), ("# #set($q = 1)x", "x"), ("#\\#if", "#if"),
        ("$\\#if", "#if"), ("$!x y", " y"), ("$!.x", ".x"), ("$$ $s", "$$ str"), ("#$s", "#str"),
        ("#123 #set($q = 1)", "#123"),
        ("$-", "$-"), ("$s..a", "str..a"),
    ])
    func `A dollar or hash before a directive is lost`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: ["$s{a", "$s.length()true", "$true", "$s{a b}"])
    func `What Velocity cannot read there is an error`(template: String) {
        #expect(failure(values + template) != nil)
    }

    private let values = "#set($s = \"str\")#set($l = [1, 2])#set($m = {\"b\": \"x\"})"
}
