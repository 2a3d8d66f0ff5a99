import Testing

@testable import Velocity

@Suite struct DirectiveTests {
    private let values = "#set($s = \"str\")#set($l = [1, 2, 3])"

    @Test(arguments: [
        ("#if($s)x#end", "x"), ("#if ($s) x #end", " x "), ("#if(!$u)no#else yes#end", "no"),
        ("#{if}($s)x#{end}y", "xy"),
        ("{#if(false)a#{else}b#{end}c}", "{bc}"), ("#if(false)y#elseif(true)z#else w#end", "z"),
        ("#if(false)y#elseif(false)z#else w#end", " w"), ("#if(true)#if(false)x#else y#end#end", " y"),
        ("#if(true)x#endif#end", "x#endif"), ("#ifx", "#ifx"), ("#if\n($s)x#end", "x"),
    ])
    func `#if takes the first branch that holds`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    /// As Velocity 1.7: only what is a reference, a comparison or true can hold.
    @Test(arguments: [
        ("$s", true), ("$u", false), ("\"x\"", false), ("1", false), ("1 + 1", false), ("[]", false), ("(true)", true),
        ("!$u", true), ("!!$s", true), ("$e", true), ("$l.isEmpty()", false), ("$s && $s != \"\"", true),
        ("not $u and true", true), ("$u || $s", true), ("$s and $u", false), ("$true", true), ("$zero", true),
    ])
    func `Conditions hold as in Velocity 1.7`(condition: String, holds: Bool) {
        #expect(render(values + "#set($e = \"\")#set($zero = 0)#if(\(condition))y#{else}n#end") == (holds ? "y" : "n"))
    }

    @Test(arguments: [
        ("#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end", "1,2,3"), ("#foreach($i in [3..1])$i#end", "321"),
        ("#foreach($i in {\"a\": 1, \"b\": 2})$i,#end", "1,2,"), ("#foreach($i in $s)$i#end", ""),
        ("#foreach($i in $u)$i#end", ""), ("#foreach( $i in $l ) $i #end", " 1  2  3 "),
        ("#foreach($i of $l)$i#end", "123"),
        (
            "#foreach($i in $l)$foreach.index$foreach.count$foreach.first$foreach.last #end",
            "01truefalse 12falsefalse 23falsetrue "
        ),
        ("#foreach($i in [1, 2])#foreach($j in [1, 2])$foreach.parent.index$foreach.index #end#end", "00 01 10 11 "),
        ("#foreach($i in $l)$velocityCount$velocityHasNext #end", "1true 2true 3false "),
        ("#foreach($i in $l)#if($i == 2)#break#end$i#end x", "1 x"), ("#foreach($x in [1])$x#end$x", "1"),
        ("#set($x = 9)#foreach($x in [1, 2])$x#end$x", "129"),
        ("#foreach($x in [\"a\", $u, \"b\"])[$x]#end", "[a][][b]"),
        ("#foreach($i in [1..3])$foreach.isFirst() $foreach.hasNext()|#end", "true true|false true|false false|"),
    ])
    func `#foreach runs through lists, the values of maps, and ranges`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test func `#foreach stops after 1,000 elements`() {
        #expect(render("#set($n = 0)#foreach($i in [1..5000])#set($n = $i)#end$n") == "1000")
    }

    @Test func `A map that a loop over it changes is an error, but for its last member`() {
        let map = "#set($m = {\"a\": 1, \"b\": 2})"
        for loop in ["$m", "$m.keySet()", "$m.values()", "$m.entrySet()"] {
            #expect(failure("\(map)#foreach($x in \(loop))#set($m.c = 3)#end")?.line == 1)
            #expect(render("\(map)#foreach($x in \(loop))#if($foreach.last)#set($m.c = 3)#end#end$m.c") == "3")
        }
    }

    @Test func `A list that a loop over it changes is an error`() {
        #expect(failure("#set($l = [1])#foreach($x in $l)#set($d = $l.add(1))#end")?.line == 1)
        #expect(render("#set($l = [1, 2])#foreach($x in $l)#if($x == 1)#set($d = $l.remove(0))#end#end$l") == "[2]")
    }

    @Test(arguments: [
        ("#set($x = 1)$x", "1"), ("#set ( $x = 1 )$x", "1"), ("#{set}($x = 1)$x", "1"), ("#set($x = $u)[$x]", "[]"),
        ("#set($x = 1)#set($x = $u)$x", "1"),
        ("#set($m = {})#set($m.x = {})#set($m.x.y = 1)#set($m[\"z\"] = 2)$m", "{x={y=1}, z=2}"),
        ("#set($l[0] = 9)$l", "[9, 2, 3]"), ("#set($s.x = 1)$s", "str"), ("#set($q.x = 1)x$q", "x"),
        ("#set($x = true)$x#set($x = !$x)$x", "truefalse"), ("#set($x = $s == \"str\")$x", "true"),
    ])
    func `#set assigns what has a value`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        ("#define($b)hello $s#end$b $b", "hello str hello str"),
        ("#define($b)$x#end#set($x = 1)$b#set($x = 2)$b", "12"),
        ("#define($b)x#break y#end[$b][$b]", "[x][x]"), ("#define($b)x$b#end$b", "xx"),
        ("#define($b)x#end#set($c = $b)\"$c\"", "\"x\""),
        ("#define($b)a#end#set($x = \"<$b>\")$x", "<a>"), ("#define($b)a#end$b.toString().length()", "1"),
        ("#define($a)$b#end#define($b)1#end$a", "1"),
    ])
    func `#define renders its block where it is used`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: [
        ("a#stop b", "a"), ("#foreach($i in $l)$i#stop#end x", "1"), ("#set($x = \"x#stop y\")$x z", ""),
        ("#stop()a", ""),
        ("a#break b", "a"), ("## c\nb", "b"), ("a ## c\nb", "a b"), ("a #* x *# b", "a  b"), ("a #** x *# b", "a  b"),
        ("#**#x", "x"), ("#*x", ""), ("#[[ $s #if ]]#x", " $s #if x"), ("##", ""),
    ])
    func `#stop, #break and comments`(template: String, output: String) { #expect(render(values + template) == output) }

    @Test(arguments: [
        ("a\n  #set($x = 1)\nb", "a\n  b"), ("#set($x = 1)\n #set($y = 2)\nb", "b"), ("$s #set($x = 1)\nb", "strb"),
        ("a\n  #if(true)\n  b\n  #end\nc", "a\n    b\n  c"), ("a #if(true) \n b #end \n c", "a  b  c"),
        ("a\n  #foreach($i in [1..2])\n  $i\n  #end\nc", "a\n    1\n    2\n  c"), ("#if(true)\r\nx#end\r\ny", "xy"),
        ("#if(true)\n b #else  \n c #end\nd", " b d"), ("#set($x = 1) y", " y"),
    ])
    func `White space around directives goes as in Velocity 1.7`(template: String, output: String) {
        #expect(render(values + template) == output)
    }

    @Test(arguments: ["#foo ($s)", "#foo($s, 1 \"a\")", "#foo(bar)", "#nomacro(1)", "#@foo", "#elsewhere"])
    func `Other words are text, with what stands in parentheses`(template: String) {
        #expect(render(values + template) == template)
    }

    @Test(arguments: [
        ("#if", "#if needs a '('"), ("#if(true)", "#end is missing"), ("#if(true)a", "#end is missing"),
        ("#if(", "a value is missing"),
        ("#if(true", "')' is missing"), ("#else", "#else without #if"), ("x#end", "#end without a directive"),
        ("#elseif", "#elseif without #if"), ("#if(true)a#{else}b#{else}c#end", "#else without #if"),
        ("#set($x", "#set needs '=' behind the reference"),
        ("#set(x = 1)", "#set needs a reference on its left side"),
        ("#foreach($i in)#end", "#foreach needs ($element in $list)"),
        ("#foo($s + 1)", "a value is missing"), ("#[[x", "#[[ without ]]#"), ("#set($x = \"a", "the string has no end"),
        ("#macro(x)a#end", "#macro is not there in mapping templates"),
        ("#parse(\"x\")", "#parse is not there in mapping templates"),
        ("#evaluate(\"x\")", "#evaluate is not there in mapping templates"),
        ("#include(\"x\")", "#include is not there in mapping templates"),
    ])
    func `A directive that breaks off is an error`(template: String, message: String) {
        #expect(failure(template)?.message == message)
    }

    @Test func `An error says where it is`() {
        #expect(failure("{\n  \"é\": #if(\n")?.description == "3:1: a value is missing")
        #expect(failure("a\n b #else")?.description == "2:4: #else without #if")
        #expect(failure("x\n$input.path('$[')")?.line == 2)
    }

    @Test func `Nesting has an end`() {
        let deep = String(repeating: "#if(true)", count: 200) + String(repeating: "#end", count: 200)
        #expect(failure(deep)?.message == "nested more than 100 levels deep")
        let parentheses = "#set($x = \(String(repeating: "(", count: 100_000))1"
        #expect(failure(parentheses)?.message == "nested more than 100 levels deep")
        #expect(
            failure("#set($x = \(String(repeating: "[", count: 100_000))")?.message
                == "nested more than 100 levels deep")
        #expect(
            failure("$a[$a[$a" + String(repeating: "[$a", count: 100_000))?.message
                == "nested more than 100 levels deep")
    }

    @Test func `A template has at most 300 KB`() {
        #expect(failure(String(repeating: "x", count: 300 * 1024)) == nil)
        #expect(failure(String(repeating: "x", count: 300 * 1024 + 1))?.message == "a template has at most 300 KB")
    }
}
