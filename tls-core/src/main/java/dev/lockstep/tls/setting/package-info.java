/** How a setting is refused or warned about: the same way in every builder, factory and {@code with} method of Lockstep. */
package dev.lockstep.tls.setting;
