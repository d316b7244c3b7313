package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the admin port of a server answered to a request. */
public record AdminAnswer(int status, String type, String body) {
    private static final Pattern PORT = Pattern.compile("listening: admin port=(\\d+)");

    /** Asks a server that has said on which port. */
    public static AdminAnswer of(Running server, String path) throws IOException {
        Matcher port = PORT.matcher(server.err());
        assertThat(port.find()).as(server.err()).isTrue();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port.group(1) + path).toURL().openConnection();
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new AdminAnswer(
                    status, connection.getContentType(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
