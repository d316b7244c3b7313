package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import dev.lockstep.server.metrics.Metrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** One backend, and the looking up of its addresses. */
class BackendTest {

    private final StringWriter lines = new StringWriter();
    private final EventLog log = EventLog.to(new PrintWriter(lines), LogFormat.TEXT, Level.INFO, Clock.systemUTC());

    private Backend backend(Executor lookups) throws UsageError {
        return new Backend(
                BackendAddress.parse("localhost:1"), log, lookups, new BackendMetrics(new Metrics()).of("localhost:1"));
    }

    /** No client's connection may end as a defect because of it. */
    @Test
    void whereTooManyLookUpsWaitTheAddressesStay() throws UsageError {
        Backend backend = backend(lookUp -> {
            throw new RejectedExecutionException("full");
        });
        List<?> addresses = backend.addresses();
        backend.lookUpLater();
        log.flush();
        assertThat(backend.addresses()).isEqualTo(addresses).isNotEmpty();
        assertThat(lines.toString()).contains("too many look-ups wait").contains("localhost:1");
    }

    @Test
    void theAddressThatTookTheLastConnectionIsTheFirstOne() throws UsageError {
        BackendAddress two = BackendAddress.parse("localhost:1");
        List<SocketAddress> addresses = List.of(new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("::1", 1));
        Backend backend =
                new Backend(two, addresses, log, Runnable::run, new BackendMetrics(new Metrics()).of("localhost:1"));
        assertThat(backend.addresses()).isEqualTo(addresses);
        backend.works(addresses.get(1));
        assertThat(backend.addresses()).containsExactly(addresses.get(1), addresses.get(0));
        backend.works(new InetSocketAddress("192.0.2.1", 1)); // which it does not have any more
        assertThat(backend.addresses()).isEqualTo(addresses);
    }

    @Test
    void aLookUpThatFindsTheHostIsNotLogged() throws UsageError {
        Backend backend = backend(Runnable::run);
        backend.lookUpLater();
        log.flush();
        assertThat(backend.addresses()).isNotEmpty();
        assertThat(lines.toString()).isEmpty();
    }
}
