package dev.lockstep.conversations.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers that a call cannot use are the caller's mistake: the call changes nothing, and the connection stays open. */
class BufferMisuseTest {

    private final ByteBuffer out = ByteBuffer.allocate(2 * TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer readOnly = out.asReadOnlyBuffer();
    private final ByteBuffer some = ByteBuffer.wrap(new byte[] {1, 2, 3});
    private Conversation conversation;
    private TlsServerConnection tls;

    @BeforeEach
    void connect() {
        conversation = Conversation.of(
                        TestServers.config(TestServers.local(TestIdentity.P256)), ClientOptions.defaults(), Forms.PLAIN)
                .completes();
        tls = conversation.server().connection();
        conversation.client().takeReceived();
    }

    @AfterEach
    void nothingHasChanged() throws TlsException {
        assertThat(tls.failure()).isNull();
        assertThat(out.position()).isZero();
        some.rewind();
        assertThat(tls.write(some, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(received()).containsExactly(1, 2, 3);
        conversation.exchangesData();
    }

    private byte[] received() {
        conversation.client().receives(Arrays.copyOf(out.array(), out.position()));
        out.clear();
        conversation.client().takeSeen();
        return conversation.client().takeReceived();
    }

    private ByteBuffer record(String text) {
        conversation.client().sends(ClientMessages.applicationData(text));
        return ByteBuffer.wrap(Bytes.concat(conversation.client().takeRecords().toArray(byte[][]::new)));
    }

    private static void readOnlyIsRefused(ThrowingCallable call) {
        assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(call);
    }

    @Test
    void aDestinationThatIsReadOnlyIsRefused() throws TlsException {
        ByteBuffer in = record("data");
        readOnlyIsRefused(() -> tls.read(in, readOnly));
        assertThat(in.position()).isZero();
        readOnlyIsRefused(() -> tls.step(in, readOnly));
        readOnlyIsRefused(() -> tls.write(some, readOnly));
        readOnlyIsRefused(() -> tls.write(new ByteBuffer[] {some}, readOnly));
        readOnlyIsRefused(() -> tls.closeOutput(readOnly));
        readOnlyIsRefused(() -> tls.close(readOnly));
        readOnlyIsRefused(() -> tls.fail(new IllegalStateException(), readOnly));
        assertThat(some.position()).isZero();
        ByteBuffer data = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        assertThat(tls.read(in, data)).isEqualTo(StepResult.PROGRESSED);
        assertThat(data.position()).isEqualTo(4);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullIsRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> tls.read(null, out)).withMessage("netIn");
        assertThatNullPointerException().isThrownBy(() -> tls.read(some, null)).withMessage("appOut");
        assertThatNullPointerException().isThrownBy(() -> tls.step(some, null)).withMessage("netOut");
        assertThatNullPointerException().isThrownBy(() -> tls.close(null)).withMessage("netOut");
        assertThatNullPointerException()
                .isThrownBy(() -> tls.write((ByteBuffer) null, out))
                .withMessage("appIn");
        assertThatNullPointerException()
                .isThrownBy(() -> tls.write(new ByteBuffer[] {some, null}, out))
                .withMessage("appIn[1]");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 17, 1000})
    void aSourceThatIsThereTwiceIsRefused(int sources) {
        ByteBuffer[] list = new ByteBuffer[sources];
        Arrays.setAll(list, i -> ByteBuffer.allocate(1));
        list[0] = some;
        list[sources - 1] = some;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tls.write(list, out))
                .withMessageContaining("twice");
        assertThat(some.position()).isZero();
    }

    /** An empty buffer that stands for nothing to send may be shared, as may bytes that are sent twice. */
    @ParameterizedTest
    @ValueSource(ints = {4, 40})
    void emptySourcesAndDuplicatesMayBeThereTwice(int sources) throws TlsException {
        ByteBuffer[] list = new ByteBuffer[sources];
        Arrays.fill(list, ByteBuffer.allocate(0));
        list[0] = some;
        list[sources - 1] = some.duplicate();
        assertThat(tls.write(list, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(received()).containsExactly(1, 2, 3, 1, 2, 3);
    }

    @Test
    void anOverlapOfHeapBuffersIsRefused() throws TlsException {
        ByteBuffer in = record("data");
        byte[] array = Arrays.copyOf(in.array(), in.limit() + TlsServerConnection.APPLICATION_BUFFER_SIZE);
        ByteBuffer net = ByteBuffer.wrap(array, 0, in.limit());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tls.read(net, ByteBuffer.wrap(array)))
                .withMessage("netIn and appOut overlap");
        assertThatIllegalArgumentException().isThrownBy(() -> tls.read(net, net));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.step(net, net));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.write(net, ByteBuffer.wrap(array)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tls.write(new ByteBuffer[] {some, net}, ByteBuffer.wrap(array)))
                .withMessage("appIn[1] and netOut overlap");
        assertThat(net.position()).isZero();
        ByteBuffer rest = ByteBuffer.wrap(array, in.limit(), array.length - in.limit());
        assertThat(tls.read(net, rest)).as("apart in one array").isEqualTo(StepResult.PROGRESSED);
        assertThat(rest.position() - in.limit()).isEqualTo(4);
    }
}
