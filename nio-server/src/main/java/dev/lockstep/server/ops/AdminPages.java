package dev.lockstep.server.ops;

import dev.lockstep.server.http.Refusal;
import dev.lockstep.server.http.RequestReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the admin port answers. Thread-safe. */
final class AdminPages {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Operations operations;

    AdminPages(Operations operations) {
        this.operations = operations;
    }

    /** Returns the whole answer to a request, in read mode. The connection ends after it. */
    ByteBuffer answer(RequestReader request) {
        Refusal refusal = request.refusal();
        if (refusal != null) {
            return refused(request, refusal);
        }
        return switch (request.path()) {
            case "/metrics" ->
                answer(request, "200 OK", PROMETHEUS, operations.metrics().text());
            case "/healthz" -> answer(request, "200 OK", TEXT, "ok\n");
            case "/readyz" -> readiness(request);
            default -> refused(request, Refusal.NOT_FOUND);
        };
    }

    private ByteBuffer readiness(RequestReader request) {
        if (operations.isReady()) {
            return answer(request, "200 OK", TEXT, "ready\n");
        }
        String why = operations.draining().get() ? "draining\n" : "the keys are away\n";
        return answer(request, "503 Service Unavailable", TEXT, why);
    }

    private static ByteBuffer refused(RequestReader request, Refusal refusal) {
        String allow = refusal == Refusal.METHOD_NOT_ALLOWED ? "\r\nAllow: GET, HEAD" : "";
        return answer(request, refusal.status() + allow, TEXT, refusal.status() + "\n");
    }

    private static ByteBuffer answer(RequestReader request, String status, String type, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer answer = ByteBuffer.allocate(head.length + body.length).put(head);
        if (!request.isHead()) {
            answer.put(body);
        }
        return answer.flip();
    }
}
