package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ticket keys of a server. The first key seals tickets, and every key opens them. The server replaces a ticket that an
 * older key opened.
 *
 * <p>There are two ways to rotate keys. In a single process, {@link #rotating} generates a new key at the end of each
 * period. In a fleet, another program distributes keys to all servers: {@link #of} takes the first ones and
 * {@link #rotateTo} the next. To rotate without a gap, first give every server the new key as its second key; when all
 * servers have it, make it the first.
 *
 * <p>A retired key still opens tickets during the acceptance window, which should equal the session lifetime. After that
 * it is destroyed. An attacker who learns a key can read every connection whose ticket it sealed, even with ECDHE, so keep
 * periods and windows short.
 *
 * <p>A period or window ends when the wall clock or the monotonic clock says so, whichever is first. Neither setting back
 * the wall clock nor suspending the machine extends the life of a key. The ring reads its clocks whenever it is used; call
 * {@link #turn} from a timer to destroy the keys of an idle ring on time.
 *
 * <p>Thread-safe. Its methods do not block.
 */
public final class TicketKeyRing implements TicketProtector {

    /** The most keys a ring holds, retired ones included. */
    public static final int MAX_KEYS = 32;

    /** @param retiredAt null for a key that was not turned out */
    private record Slot(TicketKey key, @Nullable Moment retiredAt) {}

    private final SecureRandom random;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long windowSeconds;
    private final long periodSeconds;
    private volatile List<Slot> slots; // newest first
    private volatile Moment currentSince;

    private TicketKeyRing(
            List<TicketKey> keys,
            Duration period,
            Duration window,
            InstantSource clock,
            LongSupplier nanos,
            SecureRandom random) {
        this.nanos = Objects.requireNonNull(nanos, "nanos");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.random = Objects.requireNonNull(random, "random");
        this.windowSeconds = seconds("window", window);
        this.periodSeconds = seconds("period", period);
        this.currentSince = now();
        this.slots = List.of();
        take(keys, true);
    }

    /**
     * Returns a ring that makes its keys itself; see
     * {@link #rotating(Duration, Duration, InstantSource, SecureRandom)}.
     */
    public static TicketKeyRing rotating(Duration period, Duration window) {
        return rotating(period, window, InstantSource.system(), new SecureRandom());
    }

    /**
     * Returns a ring that generates its keys and keeps them in memory only.
     *
     * @param period how long a key seals, 1 second to 365 days
     * @param window how much longer it opens, 0 to 365 days and at most 31 periods: the ring has a place for each key of them
     * @param clock the wall clock
     * @param random the source of keys and nonces
     * @throws ConfigException for a time out of range, or a window of more periods
     */
    public static TicketKeyRing rotating(Duration period, Duration window, InstantSource clock, SecureRandom random) {
        return rotating(period, window, clock, System::nanoTime, random);
    }

    /**
     * As {@link #rotating(Duration, Duration, InstantSource, SecureRandom)}, with a monotonic clock of the caller's.
     *
     * @param nanos the monotonic clock, in nanoseconds
     */
    public static TicketKeyRing rotating(
            Duration period, Duration window, InstantSource clock, LongSupplier nanos, SecureRandom random) {
        if (period.compareTo(Duration.ofSeconds(1)) < 0) {
            throw ConfigException.outOfRange("period", period, "1 second to 365 days");
        }
        requirePlaces(seconds("period", period), seconds("window", window));
        return new TicketKeyRing(List.of(TicketKey.generate(random)), period, window, clock, nanos, random);
    }

    /** Otherwise the oldest keys would give way to new ones before their window ends. */
    private static void requirePlaces(long period, long window) {
        long retired = (window + period - 1) / period;
        int places = MAX_KEYS - 1;
        if (retired > places) {
            throw new ConfigException(
                    "window",
                    Duration.ofSeconds(window) + " with a period of " + Duration.ofSeconds(period) + " needs "
                            + (retired + 1) + " keys, and a ring holds " + MAX_KEYS,
                    "give a window of at most " + Duration.ofSeconds(places * period) + ", or a period of at least "
                            + Duration.ofSeconds((window + places - 1) / places));
        }
    }

    /** Returns a ring of given keys; see {@link #of(List, Duration, InstantSource, SecureRandom)}. */
    public static TicketKeyRing of(List<TicketKey> keys, Duration window) {
        return of(keys, window, InstantSource.system(), new SecureRandom());
    }

    /**
     * Returns a ring of given keys, which only {@link #rotateTo} and {@link #replaceWith} change. The ring owns the keys and
     * destroys those that it drops.
     *
     * @param keys newest first, 1 to 32 with different names; the first one seals
     * @param window how much longer a key opens that is turned out, 0 to 365 days
     * @param clock the wall clock
     * @param random the source of nonces
     * @throws ConfigException for a wrong number of keys, a name twice or a time out of range
     */
    public static TicketKeyRing of(List<TicketKey> keys, Duration window, InstantSource clock, SecureRandom random) {
        return of(keys, window, clock, System::nanoTime, random);
    }

    /**
     * As {@link #of(List, Duration, InstantSource, SecureRandom)}, with a monotonic clock of the caller's.
     *
     * @param nanos the monotonic clock, in nanoseconds
     */
    public static TicketKeyRing of(
            List<TicketKey> keys, Duration window, InstantSource clock, LongSupplier nanos, SecureRandom random) {
        return new TicketKeyRing(keys, Duration.ZERO, window, clock, nanos, random);
    }

    /**
     * Replaces the keys: the first one seals, all of them open. The ring's present keys that are not among them are retired,
     * and open tickets until the window ends. If there would be more than {@link #MAX_KEYS}, the ring drops those that were
     * retired first.
     *
     * @param keys as for {@link #of}; one whose name the ring has already must be the same key
     * @throws ConfigException as {@link #of}, for a name that the ring has for another key, or for a key that was destroyed, as a ring
     *     does with those that it gives up; nothing has changed then
     */
    public void rotateTo(List<TicketKey> keys) {
        take(keys, true);
    }

    /**
     * Replaces the keys without a window, as {@link #rotateTo} does otherwise; for a key that was compromised.
     *
     * @throws ConfigException as {@link #rotateTo}
     */
    public void replaceWith(List<TicketKey> keys) {
        take(keys, false);
    }

    @Override
    public byte @Nullable [] seal(ResumableSession session) {
        turn();
        Optional<byte[]> state = session.encode();
        if (state.isEmpty()) {
            return null;
        }
        try {
            return slots.get(0).key.seal(state.get(), random);
        } finally {
            Wipe.bytes(state.get());
        }
    }

    @Override
    public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
        turn();
        byte[] ticket = opening.ticket();
        List<Slot> ring = slots;
        for (int i = 0; i < ring.size(); i++) {
            TicketKey key = ring.get(i).key;
            boolean renew = i > 0;
            if (key.named(ticket)) {
                return Start.done(open(key, ticket).map(session -> new OpenedTicket(session, renew)));
            }
        }
        return Start.done(Optional.empty());
    }

    private static Optional<ResumableSession> open(TicketKey key, byte[] ticket) {
        byte[] state = key.open(ticket);
        if (state == null) {
            return Optional.empty();
        }
        try {
            return ResumableSession.decode(state);
        } finally {
            Wipe.bytes(state);
        }
    }

    /**
     * Rotates the keys if that is due: generates a new key at the end of the period, and destroys keys at the end of their
     * window. Reads two clocks if nothing is due.
     *
     * <p>RFC 9325 3.4-3: "Ticket-encryption keys MUST be changed regularly, e.g., once every week"
     */
    public void turn() {
        Moment now = now();
        if (isPeriodOver(now)) {
            turnNow();
            return;
        }
        for (Slot slot : slots) {
            if (isOver(slot, now)) {
                turnNow();
                return;
            }
        }
    }

    /** Tells whether the ring holds a key, without a look at its clocks. */
    boolean opensTicketsOf(byte[] name) {
        return slots.stream().anyMatch(slot -> slot.key.named(name));
    }

    private boolean isPeriodOver(Moment now) {
        return periodSeconds > 0
                && (currentSince.isBefore(now, periodSeconds)
                        || slots.get(0).key.isExhausted());
    }

    private boolean isOver(Slot slot, Moment now) {
        return slot.retiredAt != null && slot.retiredAt.isBefore(now, windowSeconds);
    }

    private synchronized void turnNow() {
        if (isPeriodOver(now())) {
            change(List.of(TicketKey.generate(random)), true);
        } else {
            change(
                    slots.stream()
                            .filter(slot -> slot.retiredAt == null)
                            .map(Slot::key)
                            .toList(),
                    true);
        }
    }

    /** Takes keys of the application: a copy, as they may change, and under the lock, as another thread may destroy them. */
    private synchronized void take(List<TicketKey> keys, boolean keepOthers) {
        List<TicketKey> given = List.copyOf(keys);
        requireAlive(given);
        change(given, keepOthers);
    }

    private synchronized void change(List<TicketKey> keys, boolean keepOthers) {
        requireDistinct(keys);
        Moment now = now();
        List<Slot> old = slots;
        List<Slot> next = new ArrayList<>();
        for (TicketKey key : keys) {
            next.add(new Slot(known(old, key), null));
        }
        // Only now: keys that are refused must not extend the period of the one that seals.
        if (old.isEmpty() || !old.get(0).key.sameName(keys.get(0))) {
            currentSince = now;
        }
        List<Slot> dropped = new ArrayList<>();
        for (Slot slot : old) {
            Slot retired = slot.retiredAt == null ? new Slot(slot.key, now) : slot;
            if (keys.stream().anyMatch(slot.key::sameName)) {
                continue;
            }
            if (keepOthers && !isOver(retired, now) && next.size() < MAX_KEYS) {
                next.add(retired);
            } else {
                dropped.add(slot);
            }
        }
        slots = List.copyOf(next);
        // RFC 9325 3.4-4: "Old ticket-encryption keys MUST be destroyed at the end of the validity period."
        dropped.forEach(slot -> slot.key.destroy());
        for (TicketKey key : keys) {
            if (next.stream().noneMatch(slot -> slot.key.equals(key))) {
                key.destroy(); // a second object of a key that the ring has already
            }
        }
    }

    /** The ring's own object for a name, so that its count of sealed tickets continues. */
    private static TicketKey known(List<Slot> slots, TicketKey key) {
        for (Slot slot : slots) {
            if (slot.key.sameName(key)) {
                if (!slot.key.sameSecret(key)) {
                    throw new ConfigException(
                            "ticketKeys",
                            key + " is another key than the ring's of that name",
                            "give each key a name of its own");
                }
                return slot.key;
            }
        }
        return key;
    }

    /** A ring destroys the keys that it gives up, and every second object of one that it has. */
    private static void requireAlive(List<TicketKey> keys) {
        for (TicketKey key : keys) {
            if (key.isDestroyed()) {
                throw new ConfigException(
                        "ticketKeys", key + " was destroyed", "make it again from its bytes, each time it is given");
            }
        }
    }

    private static void requireDistinct(List<TicketKey> keys) {
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new ConfigException("ticketKeys", keys.size() + " given", "give 1 to " + MAX_KEYS);
        }
        for (int i = 0; i < keys.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (keys.get(i).sameName(keys.get(j))) {
                    throw new ConfigException(
                            "ticketKeys", "the name of " + keys.get(i) + " stands there twice", "give each key once");
                }
            }
        }
    }

    private static long seconds(String field, Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofDays(365)) > 0) {
            throw ConfigException.outOfRange(field, time, "zero to 365 days");
        }
        return time.toSeconds();
    }

    private Moment now() {
        return new Moment(clock.instant().getEpochSecond(), nanos.getAsLong());
    }
}
