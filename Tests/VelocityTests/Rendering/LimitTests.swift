import Testing

@testable import Velocity

/// Hostile templates and bodies end with an error, in bounded time and memory.
@Suite struct LimitTests {
    @Test(arguments: [
        "#set($s = \"x\")#foreach($i in [1..1000])#set($s = $s + $s)#end",
        "#set($s = \"x\")#foreach($i in [1..1000])#set($s = \"$s$s\")#end",
        "#set($s = \"x\")#foreach($i in [1..1000])#set($s = $s.replace(\"x\", \"xx\"))#end",
        "#set($s = \"x\")#foreach($i in [1..1000])#set($s = $s.replaceAll(\"x\", \"xx\"))#end",
        "#set($l = [1])#foreach($i in [1..1000])#set($d = $l.addAll($l))#end",
        "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#set($x = 1)#end#end#end",
        "#set($m = {})#foreach($i in [1..100])#set($m = {\"a\": $m, \"b\": $m})#end$m",
        "#foreach($a in [1..1000])#foreach($b in [1..1000])#set($l = [$a, $b])#end#end",
    ])
    func `A template takes a bounded number of steps`(template: String) {
        let limits = TemplateLimits(outputBytes: 1_000_000, steps: 1_000_000)
        let error = TemplateEvaluation(template, for: TemplateRequest(), limits: limits).error
        let reasons = ["the template takes too many steps", "the output is larger than 1000000 bytes"]
        #expect(reasons.contains(error?.message ?? ""))
    }

    @Test func `Numbers do not grow for ever`() {
        #expect(render("#set($x = 9)#foreach($i in [1..12])#set($x = $x * $x)#end#if($x > 0)y#end") == "y")
    }

    @Test func `The output is bounded`() {
        func error(_ count: Int) -> TemplateError? {
            let limits = TemplateLimits(outputBytes: 1000, steps: 1_000_000)
            return TemplateEvaluation("#foreach($i in [1..\(count)])ab#end", for: TemplateRequest(), limits: limits)
                .error
        }
        #expect(error(500) == nil)
        #expect(error(501)?.message == "the output is larger than 1000 bytes")
    }

    @Test func `Blocks that use one another end`() {
        #expect(render("#define($a)a$b#end#define($b)b$a#end$a") == "abab")
        var template = ""
        for number in 0..<300 { template += "#define($b\(number))$b\(number + 1)#end" }
        #expect(failure(template + "$b0")?.message == "blocks and strings within one another are more than 100 deep")
    }

    @Test func `Values that hold one another are not walked for ever`() {
        let maps = "#set($a = {})#set($b = {\"a\": $a})#set($d = $a.put(\"b\", $b))$a"
        #expect(failure(maps)?.message == "values are nested too deep to be printed")
        let lists = """
            #set($a = [])#set($b = [$a])#set($d = $a.add($b))#set($c = [])#set($e = [$c])#set($d = $c.add($e))#if($a == $c)#end
            """
        #expect(failure(lists)?.message == "values are nested too deep to be compared")
        let hashed = "#set($a = [])#set($b = [$a])#set($d = $a.add($b))$a.hashCode()"
        #expect(failure(hashed)?.message == "values are nested too deep to be hashed")
    }

    @Test func `A list that a block empties while it is printed is printed as far as it goes`() {
        #expect(render("#set($l = [])#define($b)$l.clear()#end#set($d = $l.addAll([$b, 1, 2]))$l") == "[]")
    }

    @Test func `A long chain of values goes without recursion`() {
        let template =
            "#set($m = {})#foreach($i in [1..1000])#foreach($j in [1..100])#set($m = {\"m\": $m})#end#end.done"
        #expect(render(template) == ".done")
    }

    @Test func `Deep bodies are text`() {
        let open = String(repeating: "[", count: 100_000)
        let close = String(repeating: "]", count: 100_000)
        #expect(render("$input.path('$').length()", body: open) == "100000")
        #expect(render("$input.path('$').length()", body: open + close) == "200000")
    }

    @Test func `Long chains of operators and elseifs are read and run without recursion`() {
        #expect(render("#set($x = 1\(String(repeating: " + 1", count: 20_000)))$x") == "20001")
        #expect(render("#if(false)\(String(repeating: "#elseif(false)", count: 5000))#else x#end") == " x")
        #expect(render("#if(\(String(repeating: "!", count: 100_000))true)y#{else}n#end") == "y")
    }

    /// Quadratic work over 60 KB would be noticed by whoever runs these.
    @Test(arguments: [
        "\"", "'", "$a.b(\"", "#set($x = \"\"", "\"\"", "''", "#if(", "$x[", "\\", "#", "$", "$!", "#[[", "#*", "{",
        "#set", "#a(",
        "\"$x\"", "  ", "#set ", "[$a.b([",
    ])
    func `Any text is read to an end`(piece: String) {
        for prefix in ["", "#set($x = ", "#if(", "$a.b("] {
            let template = prefix + String(repeating: piece, count: 60_000 / piece.utf8.count)
            let evaluation = TemplateEvaluation(template, for: TemplateRequest())
            #expect(evaluation.error != nil || evaluation.output.utf8.count <= template.utf8.count)
        }
    }
}
