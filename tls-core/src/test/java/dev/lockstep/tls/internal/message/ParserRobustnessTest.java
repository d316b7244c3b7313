package dev.lockstep.tls.internal.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.message.Samples.Sample;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.AlertDescription;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Every parser, fed with random bytes and with legal messages that were damaged: nothing comes out but a message or a
 * {@link FatalAlert}, and no parser allocates more than a fixed multiple of its input.
 *
 * <p>{@code -Dtest.args="-Dlockstep.fuzz.rounds=50000000 -Dlockstep.fuzz.seed=7"} runs it longer or otherwise.
 */
class ParserRobustnessTest {
    private static final long ROUNDS = Long.getLong("lockstep.fuzz.rounds", 1_000_000L);
    private static final long SEED = Long.getLong("lockstep.fuzz.seed", 5246L);

    /**
     * What one parse may allocate. The worst case is a chain of certificates of one byte: four bytes on the wire, an
     * array of 24 bytes and its places in two lists here. The fixed part is the reason of an alert and a few records.
     */
    private static final int BYTES_PER_INPUT_BYTE = 16;

    private static final int FIXED_BYTES = 4096;

    private static final EnumSet<AlertDescription> ALERTS_OF_PARSERS = EnumSet.of(
            AlertDescription.DECODE_ERROR, AlertDescription.ILLEGAL_PARAMETER, AlertDescription.UNEXPECTED_MESSAGE);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Sample> samples = samples();

    @Test
    void damagedAndRandomInputYieldsNothingButAlertsInBoundedMemory() {
        // RFC 6066 11.1-2
        SplittableRandom random = new SplittableRandom(SEED);
        Map<AlertDescription, Long> alerts = new EnumMap<>(AlertDescription.class);
        long accepted = 0;
        for (long round = 0; round < ROUNDS; round++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] input = damage(sample, random);
            // Most of the time the parser meant for the bytes, now and then another one.
            Sample reader = random.nextInt(16) == 0 ? samples.get(random.nextInt(samples.size())) : sample;
            AlertDescription alert = parse(reader, input, round);
            if (alert == null) {
                accepted++;
            } else {
                alerts.merge(alert, 1L, Long::sum);
            }
        }
        System.out.printf("parsers: %d rounds, seed %d: %d accepted, refused %s%n", ROUNDS, SEED, accepted, alerts);
        // The damage reaches behind the first length field: each verdict was reached, and often.
        assertThat(accepted).isGreaterThan(ROUNDS / 100);
        assertThat(alerts.keySet()).isSubsetOf(ALERTS_OF_PARSERS);
        assertThat(alerts.get(AlertDescription.DECODE_ERROR)).isGreaterThan(ROUNDS / 100);
        assertThat(alerts.get(AlertDescription.UNEXPECTED_MESSAGE)).isGreaterThan(ROUNDS / 10_000);
        assertThat(alerts.get(AlertDescription.ILLEGAL_PARAMETER)).isGreaterThan(ROUNDS / 10_000);
    }

    @Test
    void manySmallPartsCostNoMoreThanTheBound() {
        byte[] certificates = new byte[3 + 4 * 100_000];
        certificates[0] = (byte) (400_000 >>> 16);
        certificates[1] = (byte) (400_000 >>> 8);
        certificates[2] = (byte) 400_000;
        for (int i = 3; i < certificates.length; i += 4) {
            certificates[i + 2] = 1;
        }
        long allocated = allocated(() -> CertificateMessage.parse(WireReader.of(certificates)));
        assertThat(allocated).isLessThan(bound(certificates.length));

        byte[] protocols = new byte[2 + 65534];
        protocols[0] = (byte) 0xff;
        protocols[1] = (byte) 0xfe;
        for (int i = 2; i < protocols.length; i += 2) {
            protocols[i] = 1;
        }
        allocated = allocated(() -> ApplicationProtocols.parse(WireReader.of(protocols)));
        assertThat(allocated).isLessThan(2L * protocols.length);
    }

    @Test
    void thousandsOfUnknownExtensionsCostTheirNumbers() {
        WireWriter out = new WireWriter();
        int block = out.beginVector16();
        for (int i = 0; i < 16383; i++) {
            out.uint16(0x4000 + i).uint16(0);
        }
        out.endVector(block);
        byte[] hello = out.toByteArray();
        long allocated = allocated(() -> ExtensionSet.parseClientHello(WireReader.of(hello)));
        assertThat(allocated).isLessThan(6L * hello.length);
    }

    @Test
    void aDeclaredLengthAloneCostsNothing() {
        byte[] certificates = HexFormat.of().parseHex("ffffff" + "fffffc");
        long allocated = allocated(() -> {
            try {
                CertificateMessage.parse(WireReader.of(certificates));
            } catch (FatalAlert expected) {
                assertThat(expected.description()).isEqualTo(AlertDescription.DECODE_ERROR);
            }
        });
        assertThat(allocated).isLessThan(1 << 16);
    }

    private static List<Sample> samples() {
        List<Sample> samples = new ArrayList<>(Samples.all());
        ChangeCipherSpec ccs = new ChangeCipherSpec();
        samples.add(new Sample(
                "ChangeCipherSpec",
                ccs,
                ccs.encode(),
                ChangeCipherSpec::parse,
                value -> ccs.encode(),
                Set.of(),
                false));
        return samples;
    }

    private AlertDescription parse(Sample reader, byte[] input, long round) {
        byte[] before = input.clone();
        long start = threads.getCurrentThreadAllocatedBytes();
        Object parsed = null;
        AlertDescription alert = null;
        try {
            parsed = reader.parser().parse(WireReader.of(input));
        } catch (FatalAlert refused) {
            alert = refused.description();
        } catch (RuntimeException | Error wrong) {
            fail(
                    "round %d, seed %d: %s on %s",
                    round, SEED, reader, HexFormat.of().formatHex(input), wrong);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - start;
        if (allocated > bound(input.length)) {
            // The first pass over a line links its string concatenation, which allocates once: count it again.
            allocated = allocated(() -> verdict(reader, input));
        }
        assertThat(allocated)
                .as("round %d, seed %d: %s on %d bytes", round, SEED, reader, input.length)
                .isLessThan(bound(input.length));
        if (!Arrays.equals(input, before)) {
            fail("round %d, seed %d: %s changed its input", round, SEED, reader);
        }
        if (parsed != null) {
            use(reader, parsed, round);
        }
        return alert;
    }

    /** What was accepted can be asked and written, and what was written is read as the same. */
    private void use(Sample reader, Object parsed, long round) {
        if (parsed instanceof ClientHello hello) {
            hello.extensions().list().forEach(ParserRobustnessTest::ask);
        } else if (parsed instanceof Extension extension) {
            ask(extension);
            if (extension instanceof ServerName name && name.hostName() == null) {
                return; // names of unknown types only: what is left is not the ClientHello form any more
            }
            if (extension instanceof StatusRequest status && status.request() == null) {
                return; // likewise
            }
        }
        byte[] written = reader.encoder().apply(parsed);
        byte[] again = reader.encoder().apply(reader.parser().parse(WireReader.of(written)));
        if (!Arrays.equals(written, again)) {
            fail("round %d, seed %d: %s is not stable", round, SEED, reader);
        }
    }

    private static void ask(Extension extension) {
        if (extension instanceof ServerName name) {
            String normalized = name.normalized();
            assertThat(normalized == null).isEqualTo(name.hostName() == null);
        } else if (extension instanceof SupportedGroups groups) {
            assertThat(groups.known()).hasSizeLessThanOrEqualTo(groups.codes().length);
        } else if (extension instanceof SignatureAlgorithms schemes) {
            assertThat(schemes.known()).hasSizeLessThanOrEqualTo(schemes.codes().length);
        } else if (extension instanceof ApplicationProtocols protocols) {
            List<String> names = protocols.protocols();
            assertThat(protocols.contains(names.get(names.size() - 1))).isTrue();
        }
    }

    private byte[] damage(Sample sample, SplittableRandom random) {
        byte[] bytes = sample.body().clone();
        if (bytes.length == 0 || random.nextInt(32) == 0) {
            return random(random);
        }
        for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
            bytes = damageOnce(bytes, random);
        }
        return bytes;
    }

    private byte[] damageOnce(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length);
        byte[] out = bytes.clone();
        switch (random.nextInt(8)) {
            case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> out[at] = (byte) random.nextInt();
            case 2 -> out[at] = (byte) (random.nextBoolean() ? 0xff : 0);
            case 3 -> out[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 4 -> out = Arrays.copyOf(bytes, at);
            case 5 -> out = splice(bytes, at, random(random), at);
            case 6 -> out = splice(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(8)));
            default -> {
                byte[] other = samples.get(random.nextInt(samples.size())).body();
                out = splice(bytes, at, other, random.nextBoolean() ? at : bytes.length);
            }
        }
        return out;
    }

    /** {@code bytes} with everything from {@code from} to {@code to} replaced. */
    private static byte[] splice(byte[] bytes, int from, byte[] middle, int to) {
        byte[] out = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
        System.arraycopy(middle, 0, out, from, middle.length);
        System.arraycopy(bytes, to, out, from + middle.length, bytes.length - to);
        return out;
    }

    private static byte[] random(SplittableRandom random) {
        byte[] out = new byte[random.nextInt(64) == 0 ? random.nextInt(4096) : random.nextInt(24)];
        random.nextBytes(out);
        return out;
    }

    private static void verdict(Sample reader, byte[] input) {
        try {
            assertThat(reader.parser().parse(WireReader.of(input))).isNotNull();
        } catch (FatalAlert refused) {
            assertThat(refused.description()).isIn(ALERTS_OF_PARSERS);
        }
    }

    private long allocated(Runnable work) {
        work.run();
        long start = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - start;
    }

    private static long bound(int inputLength) {
        return FIXED_BYTES + (long) BYTES_PER_INPUT_BYTE * inputLength;
    }
}
