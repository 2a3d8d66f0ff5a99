import Testing

@testable import Velocity

@Suite struct ReferenceTests {
    private let values = "#set($s = \"str\")#set($m = {\"a\": 1, \"b\": \"x\"})#set($l = [1, 2, 3])"

    @Test(arguments: [
        ("$s", "str"), ("${s}x", "strx"), ("$!s", "str"), ("$!{s}x", "strx"), ("$s.", "str."), ("$s .x", "str .x"),
        ("$s.length()", "3"), ("${s.length()}x", "3x"), ("$m.a", "1"), ("$m.b.length()", "1"), ("$m['b']", "x"),
        ("${m['b']}", "x"), ("$m[\"a\"]", "1"), ("$l[0]", "1"), ("$l[-1]", "3"), ("$l[ 0 ]", "1"), ("$l[$l[0]]", "2"),
        ("$s(1)", "str(1)"), ("$s._x", "str._x"), ("$s!", "str!"), ("$s$s", "strstr"), ("$s.length()$s", "3str"),
        ("$s.substring(1).toUpperCase().length()", "2"), ("$m.get( \"a\" ).toString()", "1"),
    ])
    func `A reference prints its value and what follows it`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        "$u", "$!u", "${u}", "$!{u.x}", "$s.x.y", "$s.foo()", "$m.a.b.c", "$m.x", "$m[\"x\"]", "$m.get(\"x\")", "$s[0]",
        "$s.a.b(1).c", "$m.size", "$s.substring(\"1\")", "$m.put(\"z\", 1)", "$input.body.testAccess",
        "$util.toJson($m)",
    ])
    func `What is not there prints nothing`(template: String) { #expect(render(values + template) == "") }

    @Test(
        arguments: [
            ("$1.50", "$1.50"), ("$ s", "$ s"), ("${1}", "${1}"), ("${ s}", "${ s}"), ("$.x", "$.x"), ("$[0]", "$[0]"),
            ("$$s", "$str"), ("$s$$s", "str$str"), ("$!1", "$1"), ("$!{1}", "$!{1}"), ("$!$s", "$!str"),
            ("a\\b", "a\\b"),
            ("#abc", "#abc"), ("#", nil), ("# ", "# "), ("#{", "#{"), ("\"#fff\"", "\"#fff\""), ("#123", "#123"),
        ] as [(String, String?)])
    func `What is no language is text`(template: String, output: String?) {
        #expect(render(values + template) == output ?? "1:66: '#' ends the template")
    }

    @Test(arguments: [
        ("\\$s", "$s"), ("\\\\$s", "\\str"), ("\\\\\\$s", "\\$s"), ("\\$u", "\\$u"), ("\\#if(true)", "#if(true)"),
        ("\\#{if}", "#{if}"), ("\\\\#if(true)x#end", "\\x"), ("\\#zork", "\\#zork"), ("\\\\#zork", "\\\\#zork"),
        ("\\#end", "#end"), ("\"\\$s\" \\\\\"", "\"$s\" \\\\\""),
    ])
    func `A backslash before language makes it text`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        ("${s", "'}' is missing in ${s}"), ("$l[", "a value is missing"), ("$l[0", "']' is missing"),
        ("$s.concat(", "a value is missing"), ("$l.size( )", "a value is missing"),
        ("$s.substring(1 - 1)", "operators cannot stand here: #set a variable first"),
        ("x $", "'$' ends the template"), ("$s.true", "'true' cannot be a name"), ("$name[abc]", "'abc' is no value"),
    ])
    func `A reference that breaks off is an error`(template: String, message: String) {
        #expect(failure(template)?.message == message)
    }

    @Test func `An identifier may have hyphens`() {
        #expect(render("#set($a-b = 1)$a-b $a-b.c") == "1 ")
    }

    @Test func `A name of the template's own hides what AWS gives`() {
        #expect(render("#set($input = \"mine\")$input $input.body") == "mine ")
    }
}
