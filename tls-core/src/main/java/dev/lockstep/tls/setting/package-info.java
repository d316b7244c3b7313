/** How a setting is refused: the one exception of every builder, factory and {@code with} method of Lockstep. */
package dev.lockstep.tls.setting;
