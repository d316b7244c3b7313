package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.UsageError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers that arrive: whole, in pieces, and malformed. */
class ProxyReaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String TCP4 = "c0000201" + "c6336402" + "3039" + "01bb";

    private final ProxyReader reader = new ProxyReader();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] v2(int command, int family, String rest) {
        return hex(SIGNATURE + String.format("%02x%02x%04x", command, family, rest.length() / 2) + rest);
    }

    /** The header byte by byte, with TLS behind it, of which nothing is taken. */
    private void reads(byte[] header) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(header.length + 3).put(header).put(new byte[] {22, 3, 1});
        for (int i = 0; i < header.length; i++) {
            all.limit(i).position(0);
            assertThat(reader.read(all)).as("complete after " + i + " bytes").isFalse();
            assertThat(all.position()).isZero();
        }
        all.limit(all.capacity()).position(0);
        assertThat(reader.read(all)).isTrue();
        assertThat(all.remaining()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443, 192.0.2.1, 12345, 443",
        "PROXY TCP6 2001:db8::1 ::1 1 65535, 2001:db8:0:0:0:0:0:1, 1, 65535"
    })
    void aLineNamesTheClient(String line, String host, int port, int localPort) throws IOException {
        reads((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        InetSocketAddress remote = (InetSocketAddress) reader.remoteAddress();
        assertThat(remote.getAddress().getHostAddress()).isEqualTo(host);
        assertThat(remote.getPort()).isEqualTo(port);
        assertThat(((InetSocketAddress) reader.localAddress()).getPort()).isEqualTo(localPort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff:f... 1 2 3\r\n"})
    void anUnknownClientKeepsTheAddressOfItsSocket(String line) throws IOException {
        reads(line.getBytes(StandardCharsets.US_ASCII));
        assertThat(reader.remoteAddress()).isNull();
    }

    @Test
    void theBinaryFormNamesTheClientAndItsTlvsAreSkipped() throws IOException {
        reads(v2(0x21, 0x11, TCP4 + "040001ff" + "ea0002abcd"));
        assertThat(reader.remoteAddress()).hasToString("/192.0.2.1:12345");
        assertThat(reader.localAddress()).hasToString("/198.51.100.2:443");
    }

    @Test
    void theBinaryFormOfSixteenBytes() throws IOException {
        String one = "20010db8000000000000000000000001";
        reads(v2(0x21, 0x21, one + one + "0001" + "0002"));
        assertThat(reader.remoteAddress()).hasToString("/[2001:db8:0:0:0:0:0:1]:1");
    }

    @Test
    void healthChecksOfTheProxyKeepTheAddressOfTheSocket() throws IOException {
        reads(v2(0x20, 0x00, ""));
        assertThat(reader.remoteAddress()).isNull();
    }

    @Test
    void aChecksumMustBeRight() throws IOException {
        byte[] header = v2(0x21, 0x11, TCP4 + "03000400000000");
        CRC32C crc = new CRC32C();
        crc.update(header);
        ByteBuffer.wrap(header).putInt(header.length - 4, (int) crc.getValue());
        reads(header);
        header[header.length - 1] ^= 1;
        assertThatThrownBy(() -> new ProxyReader().read(ByteBuffer.wrap(header)))
                .hasMessageContaining("checksum");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
                "PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n",
                "PROXY TCP4 ::1 ::1 1 1\r\n",
                "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
                "PROXY TCP6 :::: ::1 1 1\r\n",
                "PROXY TCP4 localhost localhost 1 1\r\n",
                "PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n",
                "PROXY\r\n"
            })
    void aMalformedLineIsRefused(String line) {
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the PROXY header is malformed");
    }

    @Test
    void malformedBinaryHeadersAreRefused() {
        for (byte[] header : List.of(
                v2(0x11, 0x11, TCP4),
                v2(0x22, 0x11, TCP4),
                v2(0x21, 0x11, TCP4.substring(2)),
                v2(0x21, 0x31, TCP4),
                v2(0x21, 0x11, TCP4 + "0400"),
                v2(0x21, 0x11, TCP4 + "040002ff"),
                v2(0x21, 0x11, TCP4 + "03000100"),
                hex(SIGNATURE + "2111ffff"))) {
            assertThatThrownBy(() -> new ProxyReader().read(ByteBuffer.wrap(header)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the PROXY header is malformed");
        }
    }

    @Test
    void aHeaderWithoutEndIsBounded() {
        byte[] endless = ("PROXY TCP4 " + "1".repeat(200)).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(endless))).hasMessageContaining("107");
    }

    @Test
    void noBytesAtAllDoMoreThanBeRefused() {
        Random random = new Random(7);
        byte[] seed = v2(0x21, 0x11, TCP4 + "040001ff" + "03000400000000");
        for (int i = 0; i < 20_000; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(seed, 0, random.nextInt(seed.length + 1));
            byte[] input = bytes.toByteArray();
            for (int flips = random.nextInt(3); flips > 0 && input.length > 0; flips--) {
                input[random.nextInt(input.length)] = (byte) random.nextInt();
            }
            try {
                boolean unused = new ProxyReader().read(ByteBuffer.wrap(input));
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("the PROXY header is malformed");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "192.0.2.0/25, 192.0.2.127, true",
        "192.0.2.0/25, 192.0.2.128, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/32, 2001:db8:1::1, true",
        "2001:db8::/32, 2001:db9::1, false"
    })
    void onlyTheStatedAddressesAreTrusted(String block, String address, boolean trusted) throws UsageError {
        InetSocketAddress from = new InetSocketAddress(address, 1);
        assertThat(new TrustedProxies(List.of(block)).apply(from) != null).isEqualTo(trusted);
    }

    /** The JDK would ask a name server for these, on the loop's thread. */
    @ParameterizedTest
    @ValueSource(strings = {".:1", ".::", ":", "www.example.org", "1.2.3.4"})
    void onlyALiteralIsAnAddress(String text) {
        assertThat(ProxyReader.isLiteral(text, false)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/x", "192.0.2", "::1/129", "/8"})
    void whatIsNoBlockOfAddressesIsRefused(String value) {
        assertThatThrownBy(() -> new TrustedProxies(List.of(value)))
                .isInstanceOf(UsageError.class)
                .hasMessageStartingWith("--accept-proxy: ");
    }
}
