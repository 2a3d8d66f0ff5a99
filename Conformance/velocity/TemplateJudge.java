import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import net.minidev.json.parser.JSONParser;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.ReferenceInsertionEventHandler;

/**
 * Renders templates with Apache Velocity 1.7 and the libraries that AWS names: reads lines of JSON with template and
 * request, writes a line of JSON with output or error for each.
 *
 * What AWS adds to the libraries is made here as Gatehouse makes it: nothing is printed for null, parts of $context print
 * nothing, an empty body is {}.
 */
public class TemplateJudge {
    public static void main(String[] arguments) throws Exception {
        VelocityEngine engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.setProperty("directive.foreach.maxloops", 1000);
        engine.setProperty("velocimacro.permissions.allow.inline", "false");
        engine.init();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream output = new PrintStream(System.out, true, "UTF-8");
        String line;
        while ((line = lines.readLine()) != null) {
            Map<String, Object> task = map(parse(line));
            JSONObject answer = new JSONObject();
            try {
                answer.put("output", render(engine, (String) task.get("template"), map(task.get("request"))));
            } catch (Throwable error) {
                answer.put("error", String.valueOf(error));
            }
            if (task.containsKey("repeat")) answer.put("nanoseconds", time(engine, task));
            output.println(answer.toJSONString());
        }
    }

    /** What one rendering takes once the virtual machine has had time to compile it: the parsed template is kept. */
    private static long time(VelocityEngine engine, Map<String, Object> task) throws Exception {
        org.apache.velocity.runtime.RuntimeInstance runtime = new org.apache.velocity.runtime.RuntimeInstance();
        runtime.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        runtime.init();
        org.apache.velocity.Template template = new org.apache.velocity.Template();
        template.setRuntimeServices(runtime);
        template.setData(runtime.parse(new java.io.StringReader((String) task.get("template")), "template"));
        template.initDocument();
        Map<String, Object> request = map(task.get("request"));
        int repeat = ((Number) task.get("repeat")).intValue();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long start = System.nanoTime();
            for (int run = 0; run < repeat; run++) {
                StringWriter writer = new StringWriter();
                template.merge(context(request), writer);
                if (writer.getBuffer().length() == 0) throw new IllegalStateException();
            }
            best = Math.min(best, (System.nanoTime() - start) / repeat);
        }
        return best;
    }

    static String render(VelocityEngine engine, String template, Map<String, Object> request) {
        StringWriter writer = new StringWriter();
        engine.evaluate(context(request), writer, "template", template);
        return writer.toString();
    }

    static VelocityContext context(Map<String, Object> request) {
        VelocityContext context = new VelocityContext();
        context.put("input", new Input(request));
        context.put("util", new Util());
        context.put("stageVariables", map(request.get("stageVariables")));
        Map<String, Object> values = silent(map(request.get("context")));
        values.put("requestOverride", silent(map(parse("{\"path\":{},\"header\":{},\"querystring\":{}}"))));
        values.put("responseOverride", silent(map(parse("{\"header\":{}}"))));
        context.put("context", values);
        EventCartridge handlers = new EventCartridge();
        handlers.addEventHandler(new ReferenceInsertionEventHandler() {
            public Object referenceInsert(String reference, Object value) {
                return value == null ? "" : value;
            }
        });
        handlers.attachToContext(context);
        return context;
    }

    static Object parse(String text) {
        try {
            return new JSONParser(JSONParser.MODE_PERMISSIVE).parse(text, JSONValue.defaultReader.DEFAULT_ORDERED);
        } catch (Exception error) {
            throw new IllegalArgumentException(error);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value == null ? new LinkedHashMap<>() : (Map<String, Object>) value;
    }

    private static Map<String, Object> silent(Map<String, Object> map) {
        Map<String, Object> silent = new SilentMap();
        for (Map.Entry<String, Object> entry : map.entrySet()) {
            Object value = entry.getValue();
            silent.put(entry.getKey(), value instanceof Map ? silent(map(value)) : value);
        }
        return silent;
    }

    public static class SilentMap extends LinkedHashMap<String, Object> {
        @Override
        public String toString() {
            return "";
        }
    }

    public static class Input {
        private final Map<String, Object> request;
        private final String body;
        private Object document;
        private boolean isRead;

        Input(Map<String, Object> request) {
            this.request = request;
            String text = (String) request.get("body");
            body = text == null || text.isEmpty() ? "{}" : text;
        }

        public String getBody() {
            return body;
        }

        private Object document() {
            if (!isRead) {
                isRead = true;
                try {
                    document = parse(body);
                } catch (IllegalArgumentException error) {
                    document = body;
                }
            }
            return document;
        }

        public Object path(String path) {
            if (path.equals("$")) return document();
            try {
                return JsonPath.compile(path).read(document(), Configuration.defaultConfiguration());
            } catch (PathNotFoundException error) {
                return null;
            }
        }

        public String json(String path) {
            Object value;
            try {
                value = path.equals("$") ? document() : JsonPath.compile(path).read(document(), Configuration.defaultConfiguration());
            } catch (PathNotFoundException error) {
                return "\"\"";
            }
            return JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS);
        }

        public Map<String, Object> params() {
            Map<String, Object> params = map(request.get("params"));
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("path", map(params.get("path")));
            all.put("querystring", map(params.get("querystring")));
            all.put("header", new TreeMap<>(map(params.get("header"))));
            return all;
        }

        public String params(String name) {
            for (Object part : params().values()) {
                if (map(part).containsKey(name)) return (String) map(part).get(name);
            }
            return "";
        }
    }

    public static class Util {
        public String escapeJavaScript(Object value) {
            return value == null ? "" : StringEscapeUtils.escapeJavaScript(value.toString());
        }

        public Object parseJson(String text) {
            return parse(text);
        }

        public String urlEncode(Object text) throws Exception {
            return text == null ? "" : URLEncoder.encode(text.toString(), "UTF-8");
        }

        public String urlDecode(Object text) throws Exception {
            return text == null ? "" : URLDecoder.decode(text.toString(), "UTF-8");
        }

        public String base64Encode(Object text) {
            return text == null ? "" : Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
        }

        public String base64Decode(Object text) {
            return text == null ? "" : new String(Base64.getDecoder().decode(text.toString()), StandardCharsets.UTF_8);
        }
    }
}
