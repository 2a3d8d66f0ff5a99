import Testing

@testable import Velocity

@Suite struct MethodTests {
    @Test(arguments: [
        ("length()", "5"), ("isEmpty()", "false"), ("substring(1)", "éllo"), ("substring(1, 3)", "él"),
        ("charAt(1)", "é"),
        ("toUpperCase()", "HÉLLO"), ("toLowerCase()", "héllo"), ("concat(\"!\")", "héllo!"),
        ("contains(\"ll\")", "true"),
        ("indexOf(\"l\")", "2"), ("indexOf(\"l\", 3)", "3"), ("indexOf(\"z\")", "-1"), ("lastIndexOf(\"l\")", "3"),
        ("startsWith(\"hé\")", "true"), ("endsWith(\"lo\")", "true"), ("replace(\"l\", \"L\")", "héLLo"),
        ("replace(\"\", \"-\")", "-h-é-l-l-o-"), ("replace(\"ll\", \"\")", "héo"), ("trim()", "héllo"),
        ("equals(\"héllo\")", "true"), ("equalsIgnoreCase(\"HÉLLO\")", "true"), ("compareTo(\"hz\")", "111"),
        ("compareTo(\"hél\")", "2"), ("hashCode()", "103094734"), ("toString()", "héllo"),
        ("matches(\"h.*o\")", "true"),
        ("matches(\"h\")", "false"), ("replaceAll(\"[lé]\", \"x\")", "hxxxo"),
        ("replaceAll('(l)(l)', '$2<$1')", "hél<lo"),
        ("replaceFirst('l', '')", "hélo"), ("split(\"l\").size()", "3"), ("split(\"l\")[0]", "hé"),
        ("split(\"\").size()", "5"), ("split(\"l\", 2)[1]", "lo"), ("class.name", "java.lang.String"),
        ("getClass().getName()", "java.lang.String"), ("empty", "false"), ("valueOf(1)", "1"), ("foo()", ""),
        ("length(1)", ""), ("substring(\"1\")", ""), ("split(\"o\").size()", "1"), ("split(\"\\.\")[0]", "héllo"),
    ])
    func `Strings have Java's methods`(call: String, output: String) {
        #expect(render("#set($s = \"héllo\")$s.\(call)") == output)
    }

    @Test func `A string's positions count UTF-16 units`() {
        let template = "#set($s = \"a😀b\")$s.length() $s.indexOf(\"b\") $s.substring(3) $s.lastIndexOf(\"b\")"
        #expect(render(template) == "4 3 b 3")
    }

    @Test(arguments: [
        "$s.substring(9)", "$s.substring(-1)", "$s.substring(2, 1)", "$s.charAt(9)", "$s.matches(\"(\")",
        "$i.parseInt(\"x\")",
        "$l.get(9)", "$l[9]", "$l[-9]", "$l.remove(9)", "$l.set(9, 1)", "$l.subList(0, 9)", "#set($l[9] = 1)", "$s[-1]",
        "$s.replaceAll('a', '$')", "$util.parseJson('{\"a\":')", "$util.urlDecode(\"%zz\")",
    ])
    func `What Java throws is an error`(template: String) {
        #expect(failure("#set($s = \"abc\")#set($l = [1])#set($i = 0)" + template) != nil)
    }

    @Test(arguments: [
        ("$l.size()", "3"), ("$l.get(0)", "1"), ("$l.add(4) $l", "true [1, 2, 3, 4]"),
        ("$l.add(0, 9) $l", " [9, 1, 2, 3]"),
        ("$l.remove(0) $l", "1 [2, 3]"), ("$l.set(0, 5) $l", "1 [5, 2, 3]"), ("$l.contains(2)", "true"),
        ("$l.contains(\"2\")", "false"), ("$l.indexOf(3)", "2"), ("$l.isEmpty()", "false"),
        ("$l.subList(0, 2)", "[1, 2]"),
        ("$l.addAll([7, 8]) $l", "true [1, 2, 3, 7, 8]"), ("$l.toString()", "[1, 2, 3]"),
        ("$l.equals([1, 2, 3])", "true"),
        ("$l.class.name", "java.util.ArrayList"), ("$l.clear()$l.size()", "0"), ("$l.hashCode()", "30817"),
        ("#set($d = $l.add($l))$l", "[1, 2, 3, (this Collection)]"), ("$l.lastIndexOf(3)", "2"), ("$l.foo", ""),
        ("$l.remove(\"x\")", "false"), ("$l.containsAll([1, 2])", "true"),
    ])
    func `Lists have Java's methods`(template: String, output: String) {
        #expect(render("#set($l = [1, 2, 3])" + template) == output)
    }

    @Test(arguments: [
        ("$m.get(\"a\")", "1"), ("$m.put(\"a\", 2)$m", "1{a=2, b=x}"), ("$m.put(\"c\", 2)$m", "{a=1, b=x, c=2}"),
        ("$m.containsKey(\"a\")", "true"), ("$m.containsValue(\"x\")", "true"), ("$m.keySet()", "[a, b]"),
        ("$m.values()", "[1, x]"), ("$m.entrySet()", "[a=1, b=x]"), ("$m.size()", "2"), ("$m.isEmpty()", "false"),
        ("$m.remove(\"a\")$m", "1{b=x}"), ("$m.putAll({\"a\": 9, \"z\": 8})$m", "{a=9, b=x, z=8}"),
        ("#foreach($e in $m.entrySet())$e.key=$e.value $e.getKey() $e;#end", "a=1 a a=1;b=x b b=x;"),
        ("$m.class", "class java.util.LinkedHashMap"), ("$m.toString()", "{a=1, b=x}"), ("$m.empty", ""),
        ("#set($d = $m.put(\"self\", $m))$m", "{a=1, b=x, self=(this Map)}"), ("$m.getOrDefault(\"q\", 5)", "5"),
        ("#set($n = {1: \"one\"})$n.get(1)$n.get(\"1\")", "one"),
    ])
    func `Maps have Java's methods`(template: String, output: String) {
        #expect(render("#set($m = {\"a\": 1, \"b\": \"x\"})" + template) == output)
    }

    @Test func `Large maps keep their order`() {
        let template = """
            #set($m = {})#foreach($i in [1..40])#set($d = $m.put("k$i", $i))#end
            #foreach($i in [5..35])#set($d = $m.remove("k$i"))#end
            $m.k1 $m.k20 $m.k40 $m
            """
        #expect(render(template) == "1  40 {k1=1, k2=2, k3=3, k4=4, k36=36, k37=37, k38=38, k39=39, k40=40}")
    }

    @Test(arguments: [
        ("#set($i = 0)$i.parseInt(\"12\")", "12"), ("#set($i = 3000000000)$i.parseLong(\"-5\")", "-5"),
        ("#set($i = 7)$i.toString().length()", "1"), ("#set($d = 7.9)$d.intValue()", "7"),
        ("#set($i = 7)$i.class.name", "java.lang.Integer"), ("#set($i = 3000000000)$i.class.name", "java.lang.Long"),
        ("#set($d = 1.5)$d.class.name", "java.lang.Double"), ("#set($d = 0.0)$d.parseDouble(\"2.50\")", "2.5"),
        ("#set($b = true)$b.class.name", "java.lang.Boolean"), ("#set($i = 5)$i.compareTo(7)", "-1"),
        ("$input.path('$.l').class.name", "net.minidev.json.JSONArray"), ("#set($i = 5)$i.equals(5)", "true"),
        ("$input.path('$.b').class.name", "java.math.BigDecimal"), ("$input.path('$.b')", "1.2345678901234567890"),
        ("#set($i = 5)$i.hashCode()", "5"),
    ])
    func `Numbers have Java's classes and methods`(template: String, output: String) {
        #expect(render(template, body: "{\"l\": [], \"b\": 1.2345678901234567890}") == output)
    }

    @Test(arguments: [
        ("escapeJavaScript(\"a\"\"b'c/d\\\")", "a\\\"b\\'c\\/d\\\\"), ("escapeJavaScript($n)", ""),
        ("escapeJavaScript(1)", "1"),
        ("escapeJavaScript({\"a\": \"/\"})", "{a=\\/}"), ("escapeJavaScript(\"é€😀\")", "\\u00E9\\u20AC\\uD83D\\uDE00"),
        ("escapeJavaScript($w)", "a\\n\\t\\u0001"), ("escapeJavaScript(\"it's\").replaceAll(\"\\\\'\", \"'\")", "it's"),
        ("urlEncode('{\"some\": \"value\"}')", "%7B%22some%22%3A+%22value%22%7D"), ("urlEncode($n)", ""),
        ("urlEncode(\"a*b-c.d_e~é\")", "a*b-c.d_e%7E%C3%A9"), ("urlDecode(\"x=a+b\")", "x=a b"),
        ("urlDecode(\"%2B%c3%a9\")", "+é"), ("base64Encode(\"héllo\")", "aMOpbGxv"), ("base64Encode(\"ab\")", "YWI="),
        ("base64Encode(\"a\")", "YQ=="), ("base64Decode(\"aMOpbGxv\")", "héllo"), ("base64Decode(\"YQ==\")", "a"),
        ("parseJson('{\"a\": [1, \"x\"]}')", "{a=[1,\"x\"]}"), ("parseJson('{\"a\": [1, \"x\"]}').a[1]", "x"),
        ("parseJson(\"1\")", "1"), ("parseJson(\"true\")", "true"), ("parseJson('\"s\"')", "s"),
        ("parseJson('[1, {\"b\": 2}]')", "[1,{\"b\":2}]"), ("unknown(1)", ""),
    ])
    func `The functions of util`(call: String, output: String) {
        #expect(render("#set($w = $input.path('$'))$util.\(call)", body: "\"a\\n\\t\\u0001\"") == output)
    }
}
