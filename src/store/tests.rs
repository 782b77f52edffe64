mod clusters;
mod durable;
mod model;
