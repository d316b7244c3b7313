package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.audit.CheckpointKey;
import dev.lockstep.server.audit.FsyncPolicy;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.audit.SimulatedLog;
import dev.lockstep.server.keyserver.KeyServerLimits;
import dev.lockstep.server.keyserver.ServedKey;
import dev.lockstep.server.keyserver.SimulatedKeyServer;
import dev.lockstep.simulation.Choices;
import dev.lockstep.simulation.Fault;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.sockets.MemorySocket;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine of a key server: its process, which dies and comes back, with a loop for each listener and the threads that sign,
 * and the disk with the key-use log.
 */
final class Host {

    private static final long LONGEST_FILE = 16 * 1024;

    /** Few enough that servers are told to wait. */
    private static final KeyServerLimits TIGHT =
            new KeyServerLimits(8, 3, 4, 50, TimeUnit.SECONDS.toNanos(5), TimeUnit.SECONDS.toNanos(30));

    private final LoopWorld world;
    private final FakeClock clock;
    private final Choices choices;
    private final Ledger ledger;
    private final Path file;
    private final CheckpointKey checkpointKey;
    private final boolean tight;
    private final boolean tls;
    private final int listeners;
    private final Disk disk;
    private final List<String> anchors = new ArrayList<>();
    private Map<KeyId, ServedKey> keys = Map.of();
    private List<Uplink> uplinks = List.of();
    private @Nullable SimulatedKeyServer server;
    private List<HostLoop> loops = List.of();
    private @Nullable KeyUseLog log;
    private Pool pool;
    private boolean logBroken;
    private long upSince;
    private long changedAt;
    private int starts;

    Host(LoopWorld world, FakeClock clock, Choices choices, Ledger ledger, Path directory, boolean tls)
            throws IOException {
        this.world = world;
        this.clock = clock;
        this.choices = choices;
        this.ledger = ledger;
        this.file = directory.resolve("uses");
        this.checkpointKey = CheckpointKey.readOrMake(directory.resolve("key"));
        this.tight = choices.oneIn(4);
        this.tls = tls;
        this.listeners = 1 + choices.below(2);
        this.disk = new Disk(choices, ledger, world.fault() == Fault.LOST_LOG_LINE);
        this.pool = pool();
    }

    private Pool pool() {
        return new Pool(world.time(), choices, tight ? 3 : 1000, this::worked);
    }

    Choices choices() {
        return choices;
    }

    KeyServerLimits limits() {
        return tight ? TIGHT : KeyServerLimits.DEFAULT;
    }

    /** Whether it refuses requests for lack of room. */
    boolean isTight() {
        return tight;
    }

    /** Whether links to it are under TLS. */
    boolean speaksTls() {
        return tls;
    }

    /** Sets what is connected to it. */
    void serve(List<Uplink> clients) {
        uplinks = clients;
    }

    /** Replaces the keys, as a reload does. */
    void keys(Map<KeyId, ServedKey> served) {
        keys = served;
    }

    // ---- the process

    /** Begins to serve, unless it does. */
    void start() {
        if (server != null) {
            return;
        }
        starts++;
        disk.revive();
        logBroken = false;
        ledger.works();
        pool = pool();
        try {
            FsyncPolicy fsync = List.of(FsyncPolicy.NEVER, FsyncPolicy.EACH, FsyncPolicy.every(8))
                    .get(choices.below(3));
            KeyUseLog opened = SimulatedLog.open(file, LONGEST_FILE, fsync, checkpointKey, disk);
            List<HostLoop> fresh = Stream.generate(() -> new HostLoop(this, world.time()))
                    .limit(listeners)
                    .toList();
            List<Entrance> entrances = fresh.stream()
                    .map(loop -> new Entrance(loop.listener(), tls))
                    .toList();
            server = new SimulatedKeyServer(entrances, () -> keys, limits(), pool, opened, this::warned, clock);
            log = opened;
            loops = fresh;
        } catch (IOException e) {
            throw new AssertionError("the key server does not start: " + e.getMessage(), e);
        }
        upSince = world.time().now();
        changedAt = upSince;
        world.note(this, "start");
        for (int i = 0; i < loops.size(); i++) {
            loops.get(i).begin(running().rounds(i), world.fault() == Fault.SLEEPING_KEY_SERVER);
        }
    }

    /** Dies with all that it was about to do; the clients hear of it, or not. */
    void crash() {
        if (server == null) {
            return;
        }
        world.note(this, "crash");
        disk.kill();
        leave();
        uplinks.forEach(uplink -> uplink.breaks(choices.oneIn(2)));
    }

    /** Ends as it does when it is told to. */
    void stop() {
        SimulatedKeyServer ending = server;
        KeyUseLog open = log;
        if (ending == null || open == null) {
            return;
        }
        world.note(this, "stop");
        try {
            ending.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (disk.isGood() && !logBroken) {
            anchors.add(open.lastChain());
        }
        leave();
    }

    /** A loop has ended, and with it all that serve, as with {@code KeyServerLoops}. */
    void fails(IOException cause) {
        world.note(this, cause.getMessage());
        world.disturb();
        stop();
        restart();
    }

    private void leave() {
        server = null;
        loops.forEach(HostLoop::end);
        loops = List.of();
        changedAt = world.time().now();
        pool.end();
        KeyUseLog ended = log;
        log = null;
        try {
            if (ended != null) {
                ended.close();
            }
        } catch (IOException e) {
            world.note(this, "the log ends badly");
        }
        world.disturb();
    }

    /** Returns its process, which has to be there. */
    SimulatedKeyServer running() {
        return Objects.requireNonNull(server, "the key server is not there");
    }

    boolean isUp() {
        return server != null;
    }

    long upSince() {
        return upSince;
    }

    /** Returns when it last began or ended. */
    long changedAt() {
        return changedAt;
    }

    int starts() {
        return starts;
    }

    /** Whether every request is served that has no fault of its own. */
    boolean isWell() {
        return server != null && disk.isGood() && !logBroken && !pool.isStalled();
    }

    /** Whether nothing is left to do. */
    boolean isAtRest() {
        return server != null && pool.isIdle() && server.openRequests() == 0;
    }

    private void warned(String line) {
        world.note(this, "warns");
        world.guarded(() -> Expect.that(!line.contains("DEFECT"), line));
        if (line.contains("so the keys are out of use")) {
            ledger.failed();
            logBroken = true;
            world.disturb();
        } else if (line.contains("so the keys are in use again")) {
            logBroken = false;
            ledger.works();
        }
    }

    Disk disk() {
        return disk;
    }

    Pool threads() {
        return pool;
    }

    /** What runs on the threads that sign, while one of them does. */
    void meanwhile() {
        pool.meanwhile();
    }

    private void worked() {
        if (disk.isDead()) {
            crash(); // in the middle of a line
            restart();
        }
        isDue();
    }

    /** Starts it some time later. */
    void restart() {
        world.time().after(LoopWorld.millis(choices.below(3_000)), this::start);
    }

    // ---- its loops

    /** A client connects; false when nothing listens. */
    boolean accept(Uplink uplink, MemorySocket socket) {
        if (loops.isEmpty()) {
            return false;
        }
        HostLoop loop = loops.get(uplink.number() % loops.size());
        loop.listener().connect(socket);
        loop.isDue();
        return true;
    }

    /** Something may be ready. */
    void isDue() {
        loops.forEach(HostLoop::isDue);
    }

    /** The selector of a loop fails. */
    void breakLoop() {
        if (!loops.isEmpty()) {
            loops.get(choices.below(loops.size())).breaks();
        }
    }

    /** Whether a client is slow to read: nothing tells when it does. */
    boolean isFull() {
        return uplinks.stream().anyMatch(Uplink::isFull);
    }

    // ---- what must be true at the end

    /** After it has come to rest. */
    void end() throws IOException {
        stop();
        start(); // which repairs what a failure of the disk has left
        stop();
        ledger.verify(file, checkpointKey, anchors);
    }

    @Override
    public String toString() {
        return "key server";
    }
}
