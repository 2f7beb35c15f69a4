namespace Lucid.Sidecar.PubSub;

internal enum DeliveryResult { Success, Retry, Drop }

/// <param name="HttpStatus">Of an answer outside 2xx; the retry policy may be narrowed to some.</param>
internal readonly record struct DeliveryAnswer(DeliveryResult Result, int? HttpStatus = null);
