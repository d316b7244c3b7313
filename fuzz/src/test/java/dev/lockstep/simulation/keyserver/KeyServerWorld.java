package dev.lockstep.simulation.keyserver;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.nio.TlsLoopBuilder;
import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.keyserver.ServedKey;
import dev.lockstep.server.loop.SelectorGuest;
import dev.lockstep.simulation.Choices;
import dev.lockstep.simulation.Fault;
import dev.lockstep.simulation.Loop;
import dev.lockstep.simulation.LoopVisit;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.SeededChoices;
import dev.lockstep.simulation.Server;
import dev.lockstep.simulation.sockets.MemoryProvider;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is around a loop whose servers have their keys at a key server: two links to it, the network before them, the key server
 * itself with its log, and an operator who reloads both sides. Now and then something of it fails, and comes back.
 */
final class KeyServerWorld implements LoopWorld.Surroundings {

    private static final int LINKS = 2;
    private static final long LONGEST_REST = LoopWorld.millis(60_000);

    private final LoopWorld world;
    private final Loop time;
    private final Choices choices;
    private final List<Server> servers;
    private final RemoteKeys keys;
    private final Ledger ledger = new Ledger();
    private final Device.Fates fates = new Device.Fates();
    private final Host host;
    private final List<Uplink> uplinks;
    private boolean withdrawn;
    private boolean resting;
    private boolean over;
    private long restingSince;
    private int troubles;
    private int reloads;

    KeyServerWorld(LoopWorld world, List<Server> servers, RemoteKeys keys, FakeClock clock, long seed, Path directory) {
        this.world = world;
        this.time = world.time();
        this.choices = new SeededChoices(seed * 1_000_003 - 1);
        this.servers = servers;
        this.keys = keys;
        try {
            // What exchanges results on their way has to see them.
            boolean tls = seed % 3 == 0 && world.fault() != Fault.ANSWER_FOR_ANOTHER;
            this.host = new Host(world, clock, choices, ledger, directory, tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        MemoryProvider sockets = new MemoryProvider(world);
        this.uplinks = List.of(
                new Uplink(0, world, host, ledger, clock, sockets), new Uplink(1, world, host, ledger, clock, sockets));
        host.serve(uplinks);
        keys.enter(this, seed);
    }

    int results() {
        return ledger.results();
    }

    int cancelled() {
        return uplinks.stream().mapToInt(Uplink::cancelled).sum();
    }

    int troubles() {
        return troubles;
    }

    int reloads() {
        return reloads;
    }

    int starts() {
        return host.starts();
    }

    @Override
    public void join(TlsLoopBuilder builder) {
        uplinks.forEach(uplink -> builder.guest(new SelectorGuest(uplink.keys(), 0)));
        reload();
        if (choices.below(3) == 0) {
            host.restart(); // it comes later than its clients
        } else {
            host.start();
        }
    }

    @Override
    public void begin() {
        planTrouble();
        planReload();
    }

    @Override
    public boolean isCalm() {
        return host.isWell() && !withdrawn && uplinks.stream().allMatch(Uplink::isWell);
    }

    /** A connection asks for an operation. */
    Start<byte[]> ask(TestIdentity identity, boolean signs, byte[] input, Uplink.Question question, Waker answered)
            throws Exception {
        LoopVisit visit = world.current();
        String name = KeyUse.digest(input);
        fates.decide(name, visit.isFair(), visit.choices());
        if (!visit.isFair() && visit.choices().oneIn(2)) {
            time.after(LoopWorld.millis(visit.choices().below(150)), visit::misbehaves); // while the key is at work
        }
        Uplink uplink = uplinks.get(visit.choices().below(LINKS));
        return uplink.ask(visit, identity, signs, name, question, answered);
    }

    // ---- what happens

    private void planReload() {
        time.after(LoopWorld.millis(100 + choices.below(600)), () -> {
            if (resting) {
                return;
            }
            reloads++;
            Server server = servers.get(choices.below(servers.size()));
            switch (choices.below(4)) {
                case 0 -> reload();
                case 1 -> server.reload(choices);
                default -> server.reconfigure();
            }
            planReload();
        });
    }

    /** The key server reads its keys again: objects of its own, for the same keys. */
    private void reload() {
        withdrawn = false;
        Map<KeyId, ServedKey> served = new HashMap<>();
        keys.all().forEach((identity, key) -> served.put(KeyId.of(identity.publicKey()), served(identity, key)));
        host.keys(Map.copyOf(served));
    }

    private ServedKey served(TestIdentity identity, InMemoryKey key) {
        PublicKey publicKey = identity.publicKey();
        byte[] secret = HashAlgorithm.SHA256.digest(publicKey.getEncoded());
        boolean forgets = world.fault() == Fault.UNLOGGED_USE;
        // Behind a class of the JDK the search for secrets does not look: the books and the key are the device's.
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(host::meanwhile);
        Device device = new Device(key, fates, ledger, () -> meanwhile.get().run(), forgets);
        return new ServedKey(identity.name(), device, publicKey, secret, true);
    }

    private void planTrouble() {
        time.after(LoopWorld.millis(1_000 + choices.below(4_000)), () -> {
            if (!resting) {
                troubles++;
                trouble();
                planTrouble();
            }
        });
    }

    private void trouble() {
        int kind = choices.below(11);
        world.note(this, "trouble " + kind);
        Uplink uplink = uplinks.get(choices.below(LINKS));
        long nanos = LoopWorld.millis(50 + choices.below(4_000));
        world.disturb();
        switch (kind) {
            case 0, 1 -> uplink.breaks(true);
            case 2 -> uplink.breaks(false);
            case 3, 4 -> {
                uplink.isSilent(true);
                time.after(nanos, () -> uplink.isSilent(false));
            }
            case 5 -> {
                host.crash();
                host.restart();
            }
            case 6 -> {
                host.stop();
                host.restart();
            }
            case 7 -> {
                if (choices.oneIn(2)) {
                    host.disk().doom();
                } else {
                    host.disk().fill();
                    time.after(nanos, host.disk()::empty);
                }
            }
            case 8 -> host.threads().stall(2 * nanos);
            case 9 -> host.breakLoop();
            default -> {
                withdrawn = true;
                host.keys(Map.of());
                time.after(nanos, this::reload);
            }
        }
    }

    // ---- what must be true

    @Override
    public void check() {
        uplinks.forEach(Uplink::check);
    }

    @Override
    public boolean isAtRest() {
        if (!resting) {
            resting = true;
            restingSince = time.now();
            uplinks.forEach(uplink -> uplink.isSilent(false));
            host.disk().empty();
            host.threads().stall(0);
            host.start();
            look();
        }
        over = host.isAtRest() && uplinks.stream().allMatch(Uplink::isAtRest);
        return over;
    }

    /** So that time passes. */
    private void look() {
        Expect.that(time.now() - restingSince < LONGEST_REST, "something is under way without a client");
        time.after(LoopWorld.millis(20), () -> {
            if (!over) {
                look();
            }
        });
    }

    @Override
    public void end(List<byte[]> secrets) throws IOException {
        SecretHunt.assertNoneIn(List.of(uplinks.get(0).keys(), uplinks.get(1).keys(), host.running()), secrets);
        for (Uplink uplink : uplinks) {
            uplink.keys().close();
            Expect.that(uplink.isAtRest(), uplink + " has operations after its end");
        }
        host.end();
    }

    @Override
    public String toString() {
        return "world";
    }
}
