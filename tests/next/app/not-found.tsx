import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="sign-in">
      <div className="card">
        <h1>There is nothing here</h1>
        <Link href="/" prefetch={false}>
          Start a new thread
        </Link>
      </div>
    </main>
  );
}
