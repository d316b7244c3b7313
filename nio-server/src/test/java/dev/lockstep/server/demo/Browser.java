package dev.lockstep.server.demo;

import dev.lockstep.server.Spawned;
import dev.lockstep.testkit.util.Chromium;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Chromium without a screen, driven through its DevTools protocol: one page. Its home and its profile are its own. */
final class Browser implements AutoCloseable {

    private static final int LIMIT_SECONDS = 60;
    private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+),");
    private static final Pattern VALUE = Pattern.compile("\"value\":\"([^\"]*)\"");

    private final Spawned process;
    private final Map<Integer, CompletableFuture<String>> calls = new ConcurrentHashMap<>();
    private final StringBuffer events = new StringBuffer();
    private final AtomicInteger numbers = new AtomicInteger();
    private WebSocket socket;

    private Browser(Spawned process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param home an empty directory for it
     * @param authority the only one of its own that it trusts
     */
    static Browser start(Path home, Path authority, String... options) throws Exception {
        Needed.programs("chromium-headless-shell libnss3-tools", "chromium-headless-shell", "certutil");
        Path database = Files.createDirectories(home.resolve(".pki").resolve("nssdb"));
        certutil("-N", "-d", "sql:" + database, "--empty-password");
        certutil("-A", "-d", "sql:" + database, "-n", "demo", "-t", "C,,", "-i", authority.toString());
        List<String> command = Chromium.command(home.resolve("profile"), "--remote-debugging-port=0");
        command.addAll(List.of(options));
        command.add("about:blank");
        Browser browser = new Browser(Spawned.start(Map.of("HOME", home.toString()), command));
        try {
            browser.connect();
            return browser;
        } catch (Exception e) {
            browser.close();
            throw e;
        }
    }

    private static void certutil(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("certutil"));
        command.addAll(List.of(arguments));
        try (Spawned tool = Spawned.start(Map.of(), command)) {
            if (tool.exitCode() != 0) {
                throw new AssertionError(tool.printed());
            }
        }
    }

    private void connect() throws Exception {
        String port = process.await("DevTools listening on ws://127\\.0\\.0\\.1:(\\d+)/")
                .group(1);
        HttpClient http = HttpClient.newHttpClient();
        String pages = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher page = Pattern.compile("\"webSocketDebuggerUrl\": *\"(ws:[^\"]*/page/[^\"]*)\"")
                .matcher(pages);
        if (!page.find()) {
            throw new AssertionError(pages);
        }
        socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(page.group(1)), new Received())
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        call("Network.enable", "{}");
        call("Log.enable", "{}");
        call("Runtime.enable", "{}");
    }

    /** Calls a method of the protocol and returns the answer, as JSON. */
    String call(String method, String parameters) throws Exception {
        int id = numbers.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        calls.put(id, answer);
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    void open(String address) throws Exception {
        call("Page.navigate", "{\"url\":\"" + address + "\"}");
    }

    /** Returns what an expression of JavaScript without quotation marks yields, as text; a promise is awaited. */
    String evaluate(String expression) throws Exception {
        String answer = call(
                "Runtime.evaluate",
                "{\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\"(async () => encodeURIComponent(String(await ("
                        + expression + "))))()\"}");
        Matcher value = VALUE.matcher(answer);
        if (!value.find() || answer.contains("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return URLDecoder.decode(value.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Waits until an expression is true; it is evaluated in each frame of the page. */
    void await(String condition) throws Exception {
        String outcome = evaluate("new Promise((done, failed) => { const end = performance.now() + 30000;"
                + " const look = () => { if (" + condition
                + ") done(true); else if (performance.now() > end) done(false);"
                + " else setTimeout(look, 5); }; look(); })");
        if (!outcome.equals("true")) {
            throw new AssertionError("never: " + condition + "\n" + evaluate("document.body.innerText") + events);
        }
    }

    /** Returns what the protocol has told so far, as JSON. */
    String events() {
        return events.toString();
    }

    /** Writes what can be seen to a file, in PNG. */
    void screenshot(Path file) throws Exception {
        Matcher data = Pattern.compile("\"data\":\"([^\"]*)\"").matcher(call("Page.captureScreenshot", "{}"));
        if (!data.find()) {
            throw new AssertionError("no picture");
        }
        Files.write(file, Base64.getDecoder().decode(data.group(1)));
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
        process.close();
    }

    private final class Received implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                String whole = message.toString();
                message.setLength(0);
                Matcher id = ID.matcher(whole);
                if (id.find()) {
                    calls.remove(Integer.parseInt(id.group(1))).complete(whole);
                } else {
                    events.append(whole).append('\n');
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            calls.values().forEach(call -> call.completeExceptionally(error));
        }
    }
}
