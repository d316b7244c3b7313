package dev.lockstep.server.abuse;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** ClientHellos in records, as bytes. */
final class Hellos {

    private static final int FRAGMENT = 16_384;

    /** What serve takes at most by default. */
    private static final int LONGEST_BODY = 32_768;

    private Hellos() {}

    /** One as clients send it: ECDHE suites, and what their signatures need. */
    static byte[] plain() {
        return hello(0, 0, 0);
    }

    /** The longest that serve takes by default, of lists: 8,000 suites, 4,000 groups, 4,000 schemes. */
    static byte[] longest() {
        byte[] records = hello(8_000, 4_000, 4_000);
        if (records.length > LONGEST_BODY + 4 + 3 * 5) {
            throw new AssertionError("too long: " + records.length);
        }
        return records;
    }

    /** Legal, and as long as lists can make it: 131 KB. */
    static byte[] enormous() {
        return hello(32_000, 24_000, 8_000);
    }

    private static byte[] hello(int suites, int groups, int schemes) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream extensions = new DataOutputStream(bytes);
            list(extensions, 10, new int[] {29, 23}, groups, 0x6000);
            list(extensions, 13, new int[] {0x0403, 0x0804, 0x0401}, schemes, 0x9000);
            extensions.writeInt(23 << 16);
            extensions.write(new byte[] {(byte) 0xff, 1, 0, 1, 0});
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            DataOutputStream body = new DataOutputStream(content);
            body.writeShort(0x0303);
            body.write(new byte[32]);
            body.writeByte(0);
            numbers(body, new int[] {0xc02b, 0xc02f, 0xc02c, 0xc030}, suites, 0xd000);
            body.writeShort(1 << 8);
            body.writeShort(bytes.size());
            body.write(bytes.toByteArray());
            return records(content.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void list(DataOutputStream out, int type, int[] known, int unknown, int from) throws IOException {
        out.writeShort(type);
        out.writeShort(2 * (known.length + unknown) + 2);
        numbers(out, known, unknown, from);
    }

    private static void numbers(DataOutputStream out, int[] known, int unknown, int from) throws IOException {
        out.writeShort(2 * (known.length + unknown));
        for (int number : known) {
            out.writeShort(number);
        }
        for (int i = 0; i < unknown; i++) {
            out.writeShort(from + (i & 0xfff));
        }
    }

    private static byte[] records(byte[] body) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(message);
        header.writeInt(1 << 24 | body.length);
        header.write(body);
        byte[] all = message.toByteArray();
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(records);
        for (int at = 0; at < all.length; at += FRAGMENT) {
            int length = Math.min(FRAGMENT, all.length - at);
            out.write(new byte[] {22, 3, 1});
            out.writeShort(length);
            out.write(all, at, length);
        }
        return records.toByteArray();
    }
}
