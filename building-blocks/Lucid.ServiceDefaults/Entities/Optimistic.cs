using System.Security.Cryptography;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>Read, change, save with the ETag; again when somebody else was first.</summary>
internal static class Optimistic
{
    private const int Attempts = 12;

    /// <param name="attempt">Done with its result, or not done: a conflict.</param>
    /// <exception cref="LucidException">Still in conflict after the last attempt (503, retry).</exception>
    public static async Task<TResult> RunAsync<TResult>(Func<Task<(bool Done, TResult Result)>> attempt, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < Attempts; tried++)
        {
            if (tried > 1)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, 5 << Math.Min(tried, 6))), clock, cancellationToken).ConfigureAwait(false);
            }

            var (done, result) = await attempt().ConfigureAwait(false);
            if (done)
            {
                return result;
            }
        }

        throw new LucidException(LucidErrors.Database, "Too many changes to the same thing at once; try again.", "write_contention") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Changes one stored document; <paramref name="change"/> gets null where there is none, and says null to leave it as it is.</summary>
    public static Task<TResult> UpdateAsync<TDocument, TResult>(
        this IStateClient state, string key, Func<TDocument?, (TDocument? Next, TResult Result)> change, TimeProvider clock, CancellationToken cancellationToken,
        TimeSpan? timeToLive = null) where TDocument : class =>
        RunAsync<TResult>(
            async () =>
            {
                var item = await state.GetAsync(key, cancellationToken).ConfigureAwait(false);
                var (next, result) = change(item is null ? null : StateJson.Read<TDocument>(item));
                return next is null
                    ? (true, result)
                    : (await state.SaveAsync(key, StateJson.Write(next), item?.ETag, timeToLive, cancellationToken).ConfigureAwait(false), result);
            },
            clock,
            cancellationToken);
}
