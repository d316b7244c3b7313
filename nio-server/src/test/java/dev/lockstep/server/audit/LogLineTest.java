package dev.lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line has one spelling, of bounded length, and the reader takes no other. */
class LogLineTest {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final String DIGEST = "0123456789abcdef0123456789abcdef";

    private static LogLine line(Entry entry) {
        return new LogLine(7, TIME, entry);
    }

    private static LogLine read(String text) throws MalformedLineException {
        return LogLine.parse(LogLine.chained(text, Chain.START)).line();
    }

    @Test
    void theSpellingIsTheDocumentedOne() {
        KeyUse use = new KeyUse(1000, 42, "sign:ed25519", "server", DIGEST, "ok", 412);
        assertThat(line(use).text())
                .isEqualTo("{\"seq\":7,\"time\":\"2026-01-02T03:04:05.678901Z\",\"uid\":1000,\"request\":42,"
                        + "\"operation\":\"sign:ed25519\",\"key\":\"server\",\"input\":\"" + DIGEST
                        + "\",\"result\":\"ok\",\"us\":412}");
        assertThat(line(new Entry.Head(2, Chain.START)).text())
                .isEqualTo("{\"seq\":7,\"time\":\"2026-01-02T03:04:05.678901Z\",\"file\":2,\"previous\":\""
                        + Chain.START + "\"}");
        assertThat(line(new Entry.Repair(17, DIGEST)).text())
                .isEqualTo("{\"seq\":7,\"time\":\"2026-01-02T03:04:05.678901Z\",\"repaired\":17,\"cut\":\"" + DIGEST
                        + "\"}");
    }

    @Test
    void chainValuesAreThoseOfSha256sum() {
        // printf '%s%s' 000..0 '{"a":1}' | sha256sum
        assertThat(Chain.next(Chain.START, "{\"a\":1}"))
                .isEqualTo("fc6cee09194dd2578bd7664604fcb72a539066fd34544cea0009c43eb6cdc289");
        assertThat(KeyUse.digest("abc".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223"); // FIPS 180-4, first half
    }

    @Test
    void everyEntryIsReadBackAsItWasWritten() throws MalformedLineException {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            char[] key = new char[random.nextInt(65)];
            for (int j = 0; j < key.length; j++) {
                key[j] = (char) random.nextInt(random.nextBoolean() ? 128 : 65536);
            }
            KeyUse use = new KeyUse(
                    i % 3 == 0
                            ? KeyPeer.remote("[::1]:" + i, "0".repeat(64), new String(key))
                            : KeyPeer.local(random.nextInt(4) - 1),
                    random.nextLong(),
                    "decrypt:raw",
                    new String(key),
                    DIGEST,
                    "failed:device",
                    random.nextInt(1_000_000));
            assertThat(read(line(use).text())).isEqualTo(line(use));
        }
        for (Entry entry : new Entry[] {new Entry.Head(3, Chain.START), new Entry.Repair(0, DIGEST)}) {
            assertThat(read(line(entry).text())).isEqualTo(line(entry));
        }
    }

    @Test
    void theLongestLineFits() throws MalformedLineException {
        String token = "a".repeat(48);
        KeyPeer peer = KeyPeer.remote("1".repeat(90), "a".repeat(64), "\ud83d".repeat(90));
        KeyUse use = new KeyUse(peer, -1, token, "\ud83d".repeat(64), DIGEST, token, LogLine.MAX_NUMBER);
        String text = new LogLine(LogLine.MAX_NUMBER, TIME, use).text();
        assertThat(LogLine.chained(text, Chain.START).length() + 1).isLessThanOrEqualTo(LogLine.MAX_BYTES);
        assertThat(read(text).entry()).isEqualTo(use);
    }

    @Test
    void aKeyNameFromThePeerIsCutAndEscaped() {
        KeyUse use = new KeyUse(0, 0, "sign", "a\"\\\n\u00e9".repeat(100), DIGEST, "refused:key", 0);
        assertThat(use.key()).hasSize(64);
        assertThat(line(use).text())
                .contains("\"key\":\"a\\u0022\\u005c\\u000a\\u00e9a")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "}",
                "{}",
                "null",
                "{\"seq\":7}",
                "@ ",
                " @",
                "@,",
                "@}",
            })
    void whatIsNoLineIsRefused(String pattern) {
        String text = pattern.replace("@", line(new Entry.Repair(1, DIGEST)).text());
        assertThatThrownBy(() -> read(text + "}")).isInstanceOf(MalformedLineException.class);
        assertThatThrownBy(() -> LogLine.parse(text)).isInstanceOf(MalformedLineException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"seq\":7=\"seq\":07",
                "\"seq\":7=\"seq\":+7",
                "\"seq\":7=\"seq\":7.0",
                "\"seq\":7=\"seq\": 7",
                "\"seq\":7=\"seq\":1234567890123456789",
                "05.678901Z=05.678Z",
                "05.678901Z=05.678901z",
                "2026-01-02=2026-02-30",
                "\"uid\":5=\"uid\":-2",
                "\"uid\":5=\"uid\":4294967296",
                "\"request\":1=\"request\":18446744073709551616",
                "\"request\":1=\"request\":-1",
                "\"sign\"=\"Sign\"",
                "\"sign\"=\"\"",
                "\"k\"=\"\\u006B\"",
                "\"k\"=\"\\u006b\"",
                "\"k\"=\"\\u000G\"",
                "\"k\"=\"\\u000A\"",
                "\"k\"=\"\\n\"",
                "\"k\"=\"\u00e9\"",
                "\"k\"=\"\t\"",
                "\"k\"=k",
                "\"ok\"=\"not ok\"",
                "0123456789abcdef\"=0123456789abcdeF\"",
                "0123456789abcdef\"=0123456789abcde\"",
                "\"us\":3=\"us\":3,\"us\":3",
                "\"us\":3=\"us\":3,\"more\":1",
                "\"us\":3=\"us\":-3",
                ",\"us\":3=",
            })
    void everyOtherSpellingIsRefused(String change) {
        String[] parts = change.split("=", -1);
        String text = line(new KeyUse(5, 1, "sign", "k", DIGEST, "ok", 3)).text();
        assertThat(text).contains(parts[0]);
        String changed = text.replace(parts[0], parts[1]);
        assertThatThrownBy(() -> read(changed)).isInstanceOf(MalformedLineException.class);
    }

    @Test
    void randomTextIsRefusedByTheOneException() {
        Random random = new Random(5);
        String good = line(new KeyUse(5, 1, "sign", "k\u0001", DIGEST, "ok", 3)).text();
        for (int i = 0; i < 50_000; i++) {
            char[] text = good.toCharArray();
            for (int n = random.nextInt(6) + 1; n > 0; n--) {
                text[random.nextInt(text.length)] = (char) random.nextInt(256);
            }
            String candidate = new String(text).substring(0, random.nextInt(text.length) + 1);
            try {
                assertThat(read(candidate).text()).isEqualTo(candidate);
            } catch (MalformedLineException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void aUseOutOfRangeIsTheCallersDefect() {
        assertThatThrownBy(() -> new KeyUse(-2, 0, "sign", "k", DIGEST, "ok", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("uid: -2");
        assertThatThrownBy(() -> new KeyUse(0, 0, "sign it", "k", DIGEST, "ok", 0))
                .hasMessageStartingWith("operation: ");
        assertThatThrownBy(() -> new KeyUse(0, 0, "sign", "k", DIGEST, "", 0)).hasMessageStartingWith("result: ");
        assertThatThrownBy(() -> new KeyUse(0, 0, "sign", "k", "abc", "ok", 0)).hasMessageStartingWith("input: ");
        assertThatThrownBy(() -> new KeyUse(0, 0, "sign", "k", DIGEST, "ok", -1))
                .hasMessageStartingWith("micros: -1");
        assertThat(KeyUse.of(KeyPeer.local(0), 0, "sign", "k", new byte[0], "ok", Duration.ofNanos(-5))
                        .micros())
                .isZero();
    }
}
