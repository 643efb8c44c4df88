package dev.berth.linux.stub;

/** Keeps the package in the module until its first type is here. */
interface Placeholder {}
