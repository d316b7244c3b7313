package dev.lockstep.nio;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Tells the observers of a loop. What one of them throws is a defect, which the others are told of. For one thread. */
final class Reports {

    private final List<LoopObserver> observers;
    private final LongAdder defects;

    /** @param defects counts what should not have been thrown */
    Reports(List<LoopObserver> observers, LongAdder defects) {
        this.observers = List.copyOf(observers);
        this.defects = defects;
    }

    void tell(Consumer<LoopObserver> event) {
        for (LoopObserver observer : observers) {
            try {
                event.accept(observer);
            } catch (Throwable fault) {
                defects.increment();
                tellOthers(observer, fault);
            }
        }
    }

    /** Counts and reports what should not have been thrown; 0 for no connection. */
    void defect(long connection, Throwable fault) {
        defects.increment();
        tell(observer -> observer.onDefect(connection, fault));
    }

    /** Runs a task of the application, whose fault concerns neither other tasks nor connections. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            defect(0, t);
        }
    }

    private void tellOthers(LoopObserver faulty, Throwable fault) {
        for (LoopObserver observer : observers) {
            if (observer != faulty) {
                try {
                    observer.onDefect(0, fault);
                } catch (Throwable ignored) {
                    defects.increment(); // the count is all that can be told
                }
            }
        }
    }
}
