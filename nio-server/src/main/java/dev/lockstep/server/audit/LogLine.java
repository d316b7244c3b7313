package dev.lockstep.server.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the log without its chain member. It has exactly one spelling: a JSON object in ASCII, its members in a
 * fixed order, no white space. The reader takes that spelling and no other.
 *
 * @param seq 1 for the first line of a log, one more for each further line, across files
 * @param time when the line was written, in microseconds; years 0 to 9999
 */
record LogLine(long seq, Instant time, Entry entry) {

    /** The longest line, its line end included; a {@link KeyUse} of the longest values stays below. */
    static final int MAX_BYTES = 1024;

    /** No number is larger (except a request id, which has 64 bits): 18 digits. */
    static final long MAX_NUMBER = 999_999_999_999_999_999L;

    private static final String CHAIN_MEMBER = ",\"chain\":\"";
    private static final int CHAIN_PART = CHAIN_MEMBER.length() + Chain.LENGTH + "\"}".length();
    private static final int TIME_LENGTH = "2025-01-01T00:00:00.000000Z".length();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    LogLine {
        time = time.truncatedTo(ChronoUnit.MICROS);
    }

    /** A line as it stands in a file, without its line end: text and chain value. */
    record Chained(LogLine line, String text, String chain) {}

    /** The line's only spelling. */
    String text() {
        StringBuilder text = new StringBuilder(320);
        text.append("{\"seq\":").append(seq).append(",\"time\":\"").append(TIME.format(time));
        if (entry instanceof KeyUse use) {
            text.append("\",\"uid\":").append(use.peer().uid());
            appendRemote(text, use.peer().remote());
            text.append(",\"request\":").append(Long.toUnsignedString(use.request()));
            text.append(",\"operation\":\"").append(use.operation());
            text.append("\",\"key\":\"");
            JsonText.escape(use.key(), text);
            text.append("\",\"input\":\"").append(use.input());
            text.append("\",\"result\":\"").append(use.result());
            text.append("\",\"us\":").append(use.micros());
        } else if (entry instanceof Entry.Head head) {
            text.append("\",\"file\":").append(head.file());
            text.append(",\"previous\":\"").append(head.previous()).append('"');
        } else if (entry instanceof Entry.Checkpoint checkpoint) {
            text.append("\",\"checkpoint\":\"").append(checkpoint.mac()).append('"');
        } else if (entry instanceof Entry.Repair repair) {
            text.append("\",\"repaired\":").append(repair.bytes());
            text.append(",\"cut\":\"").append(repair.digest()).append('"');
        }
        return text.append('}').toString();
    }

    private static void appendRemote(StringBuilder text, KeyPeer.@Nullable Remote remote) {
        if (remote != null) {
            text.append(",\"address\":\"");
            JsonText.escape(remote.address(), text);
            text.append("\",\"certificate\":\"").append(remote.certificate());
            text.append("\",\"names\":\"");
            JsonText.escape(remote.names(), text);
            text.append('"');
        }
    }

    /** The line as it goes into the file, without its line end. */
    static String chained(String text, String chain) {
        return text.substring(0, text.length() - 1) + CHAIN_MEMBER + chain + "\"}";
    }

    /**
     * Reads a line, without its line end.
     *
     * @throws MalformedLineException when it is not spelled as {@link #text} and {@link #chained} spell it
     */
    static Chained parse(String line) throws MalformedLineException {
        int cut = line.length() - CHAIN_PART;
        if (cut <= 0
                || !line.startsWith(CHAIN_MEMBER, cut)
                || !line.endsWith("\"}")
                || !Chain.isHex(line.substring(line.length() - 2 - Chain.LENGTH, line.length() - 2), Chain.LENGTH)) {
            throw new MalformedLineException("does not end in a chain member");
        }
        String chain = line.substring(line.length() - 2 - Chain.LENGTH, line.length() - 2);
        String text = line.substring(0, cut) + "}";
        LogLine parsed = parseText(text);
        if (!parsed.text().equals(text)) {
            throw new MalformedLineException("is not spelled as this log spells");
        }
        return new Chained(parsed, text, chain);
    }

    private static LogLine parseText(String text) throws MalformedLineException {
        JsonText in = new JsonText(text);
        in.expect("{\"seq\":");
        long seq = in.number();
        in.expect(",\"time\":\"");
        Instant time = time(in.take(TIME_LENGTH));
        Entry entry;
        if (in.skip("\",\"uid\":")) {
            entry = keyUse(in);
        } else if (in.skip("\",\"file\":")) {
            long file = in.number();
            in.expect(",\"previous\":");
            entry = new Entry.Head(file, hex(in, Chain.LENGTH));
        } else if (in.skip("\",\"checkpoint\":")) {
            entry = new Entry.Checkpoint(hex(in, Chain.LENGTH));
        } else {
            in.expect("\",\"repaired\":");
            long bytes = in.number();
            in.expect(",\"cut\":");
            entry = new Entry.Repair(bytes, hex(in, Chain.PREFIX_LENGTH));
        }
        in.expect("}");
        in.end();
        return new LogLine(seq, time, entry);
    }

    private static KeyUse keyUse(JsonText in) throws MalformedLineException {
        long uid = in.skip("-1") ? KeyPeer.NO_UID : in.number();
        String address = null;
        String certificate = "";
        String names = "";
        if (in.skip(",\"address\":")) {
            address = in.string();
            in.expect(",\"certificate\":");
            certificate = in.string();
            in.expect(",\"names\":");
            names = in.string();
        }
        in.expect(",\"request\":");
        long request = in.unsigned64();
        in.expect(",\"operation\":");
        String operation = in.string();
        in.expect(",\"key\":");
        String key = in.string();
        in.expect(",\"input\":");
        String input = in.string();
        in.expect(",\"result\":");
        String result = in.string();
        in.expect(",\"us\":");
        long micros = in.number();
        try {
            KeyPeer peer = new KeyPeer(uid, address == null ? null : new KeyPeer.Remote(address, certificate, names));
            return new KeyUse(peer, request, operation, key, input, result, micros);
        } catch (IllegalArgumentException e) {
            throw new MalformedLineException("has a value out of range");
        }
    }

    private static String hex(JsonText in, int length) throws MalformedLineException {
        String hex = in.string();
        if (!Chain.isHex(hex, length)) {
            throw new MalformedLineException("has a digest of the wrong form");
        }
        return hex;
    }

    private static Instant time(String text) throws MalformedLineException {
        try {
            return TIME.parse(text, Instant::from);
        } catch (DateTimeException e) {
            throw new MalformedLineException("has a time of the wrong form");
        }
    }
}
